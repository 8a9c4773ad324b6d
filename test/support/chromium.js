/**
 * The executable of a Chromium: `CHROME_PATH`, or else the headless shell in the npm package @sparticuz/chromium, which brings its shared
 * libraries and fonts, and opens a page in a quarter of the time that a whole browser takes. It is unpacked when it is asked for first.
 *
 * @returns {Promise<string>}
 */
export async function chromiumPath() {
  const chosen = process.env['CHROME_PATH'];
  if (chosen) return chosen;
  // It unpacks its shared libraries only where it believes to run on AWS Lambda, and decides that when it is imported.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs24.x';
  const packed = await import('@sparticuz/chromium');
  return await packed.default.executablePath();
}

if (process.argv[1] === import.meta.filename) await chromiumPath();
