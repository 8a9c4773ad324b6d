/**
 * The arguments of a tool call as a provider takes them back: providers refuse a request in which they are not one JSON object,
 * so anything else that a model wrote is sent as `{}`. The call's result says what was wrong with it.
 */
export function sendableArguments(args: string): string {
  try {
    const value: unknown = JSON.parse(args);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? args : '{}';
  } catch {
    return '{}';
  }
}
