/** What a model reads about a call that did not succeed. The Chinese beginnings are the seed's, which its clients know. */

export function toolFailedText(tool: string, detail: string): string {
  return `工具 ${tool} 执行失败：${detail}`;
}

/** For a call of a name that no server of the turn has. */
export function unknownToolText(name: string): string {
  return `找不到工具 '${name}' 所属的服务器`;
}

export function toolTimeoutText(seconds: number): string {
  return `Tool execution timed out after ${seconds} seconds. The operation was canceled.`;
}
