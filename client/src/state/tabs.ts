/** Tells the other tabs of this browser that a conversation has changed. Without BroadcastChannel nobody is told. */
export class Tabs {
  readonly #channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('millrace');

  tell(conversationId: string): void {
    this.#channel?.postMessage(conversationId);
  }

  onNews(callback: (conversationId: string) => void): void {
    this.#channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'string') callback(data);
    });
  }
}
