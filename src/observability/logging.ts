import { LoggerModule } from 'nestjs-pino';
import { pino, type DestinationStream, type LogFn, type Logger } from 'pino';
import { CONFIG, type Config } from '../config/config.js';
import { errorFields } from './error-fields.js';
import { terminalLines } from './terminal-lines.js';

const UNWRITTEN_BYTES = 256 * 1024;

/**
 * Structured logs: JSON, or short lines where stdout is a terminal. At the default level they hold ids, codes and times: never a
 * prompt, an answer, tool arguments or a key, and of an error only its kind and place (error-fields.ts). Headers, queries and bodies
 * are not logged at any level.
 */
export const loggingModule = LoggerModule.forRootAsync({
  inject: [CONFIG],
  useFactory: ({ LOG_LEVEL: level }: Config) => {
    const texts = level === 'debug' || level === 'trace';
    const options = {
      level,
      quietReqLogger: true,
      // The line of a response names its request itself. Else a logger that does is kept as long as the response.
      quietResLogger: true,
      customSuccessObject: (req: object, _res: object, line: object) => ({ req, ...line }),
      customErrorObject: (req: object, _res: object, _error: unknown, line: object) => ({ req, ...line }),
      wrapSerializers: false,
      autoLogging: { ignore: (request: { url?: string }) => request.url?.startsWith('/health') ?? false },
      // A failed request is logged where its error is known, by the problem filter.
      customLogLevel: () => 'debug' as const,
      // Without a message of its own pino takes that of the error.
      hooks: { logMethod: withMessage },
      serializers: {
        req: ({ id, method, url }: { id: unknown; method: string; url: string }) => ({
          id,
          method,
          path: url.split('?', 1)[0],
        }),
        res: (response: { statusCode: number }) => ({ status: response.statusCode }),
        err: (error: unknown) => errorFields(error, texts),
      },
    };
    return {
      pinoHttp: process.stdout.isTTY
        ? [options, terminalLines((text) => process.stdout.write(text))]
        : [options, destination()],
    };
  },
});

/**
 * stdout. Lines that it does not take, because it is a file on a full disk, wait for room, and beyond a limit they are lost: a log
 * that cannot be written must not fail what is logged.
 */
function destination(): DestinationStream {
  return pino.destination({ sync: true, maxLength: UNWRITTEN_BYTES }).on('error', () => undefined);
}

function withMessage(this: Logger, args: Parameters<LogFn>, log: LogFn): void {
  const [first] = args as unknown[];
  const isErrorAlone = args.length === 1 && typeof first === 'object' && first !== null && 'err' in first;
  if (isErrorAlone) log.call(this, first, 'An error');
  else log.apply(this, args);
}
