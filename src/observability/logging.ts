import { LoggerModule } from 'nestjs-pino';
import { CONFIG, type Config } from '../config/config.js';

/**
 * Structured logs. At the default level they hold ids, codes and times: never a prompt, an answer, tool arguments or a key. Headers
 * and bodies are not logged at all.
 */
export const loggingModule = LoggerModule.forRootAsync({
  inject: [CONFIG],
  useFactory: (config: Config) => ({
    pinoHttp: {
      level: config.LOG_LEVEL,
      quietReqLogger: true,
      autoLogging: { ignore: (request) => request.url === '/health' },
      customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'error' : 'debug'),
      serializers: {
        req: (request: { id: string; method: string; url: string }) => ({
          id: request.id,
          method: request.method,
          path: request.url.split('?', 1)[0],
        }),
        res: (response: { statusCode: number }) => ({ status: response.statusCode }),
      },
      redact: {
        paths: ['*.api_key', '*.apiKey', '*.authorization', '*.headers', '*.request', '*.response'],
        censor: '[redacted]',
      },
    },
  }),
});
