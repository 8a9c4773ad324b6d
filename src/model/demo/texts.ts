import { numberedLines } from './numbered-lines.js';
import type { DemoResult } from './types.js';

/** Everything the demo model says in one language. */
export interface DemoTexts {
  reasoning(prompt: string): string;
  reasoningBeforeTools(names: readonly string[]): string;
  reasoningAfterTools(count: number): string;
  afterTools(results: readonly DemoResult[]): string;
  noTools: string;
  tour: string;
  long(): string;
}

const LONGEST_QUOTE = 80;
const LONGEST_RESULT = 2000;

/** The beginning of a text, on one line. */
export function quote(prompt: string): string {
  const line = prompt.replace(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= LONGEST_QUOTE ? line : `${characters.slice(0, LONGEST_QUOTE).join('')}…`;
}

/** A fence that the content cannot close. */
function fenced(content: string): string {
  const longestRun = Math.max(2, ...(content.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longestRun + 1);
  return `${fence}text\n${content.slice(0, LONGEST_RESULT).toWellFormed()}\n${fence}`;
}

function sections(results: readonly DemoResult[]): string {
  return results
    .map(({ name, args, content }) => `**${name}** \`${args}\`\n\n${fenced(content)}`)
    .join('\n\n');
}

const curl = `\`\`\`bash
curl -N http://localhost:3000/api/chat/completions \\
  -H 'content-type: application/json' \\
  -d '{"user_prompt": "hello", "model_name": "demo"}'
\`\`\``;

const english: DemoTexts = {
  reasoning: (prompt) =>
    `The user wrote: “${quote(prompt)}”. I am a scripted model, so I cannot think about that. ` +
    'What I can do is show how Millrace carries an answer: this reasoning first, then a heading, a list, ' +
    'a table, some code and a formula.',
  reasoningBeforeTools: (names) =>
    `This needs something that I cannot know by myself. I have ${names.join(' and ')} for it, ` +
    'so I call that and wait for the result.',
  reasoningAfterTools: (count) =>
    count === 1
      ? 'The tool has answered. I pass on what it said.'
      : 'The tools have answered. I pass on what they said.',
  afterTools: (results) =>
    `## ${results.length === 1 ? 'The tool has answered' : 'The tools have answered'}\n\n` +
    `${sections(results)}\n\n` +
    'I am a scripted model, so I only repeat it. A real model would read these results in the same place and ' +
    'put them into words; the call, its arguments and its result are part of the run, and you can open them above.',
  noTools:
    '## I would need a tool for that\n\n' +
    'I am **demo**, a scripted model without a clock and without arithmetic. Millrace has both as *built-in tools*. ' +
    'Choose the built-in tool server next to the message box and ask again: you will see the call, its ' +
    'arguments as they are written, and the result.\n',
  tour: `## How this answer reaches you

I am **demo**, a scripted model: nothing here was thought up for you, and no key or network was needed. But the words
travel exactly as those of a real model would:

1. Your message was stored, and a *run* began on the server.
2. The run asks the model and writes each piece of the answer into an ordered **log**.
3. This page only *reads* that log. Reload it while I am speaking: nothing is missing afterwards, and nothing is there twice.

### What happens when something breaks

| What breaks | What Millrace does |
| --- | --- |
| Your connection | The run goes on; the page comes back and asks for what it missed |
| The model, before its first word | The request is tried again, and you are told |
| The model, in mid-sentence | What had arrived is kept, and the error says so |
| You press *Stop* | The model and every tool stop at once, and the partial answer stays |

### Read it without the page

${curl}

Every frame carries the position of its event as its \`id\`. A reader that has seen event $n$ of a log that ends at $m$ asks
for the rest, and gets exactly

$$
m - n = \\sum_{k=n+1}^{m} 1
$$

events, in order.

### What to try next

- Ask *"What time is it in Tokyo, and what is 12 * (3 + 4)?"* with the built-in tools switched on.
- Ask me to *"write a long answer"* and reload the page in the middle of it.
- 用中文问我，我就用中文回答。
- Set \`OPENAI_API_KEY\`, or \`OPENAI_BASE_URL\` and \`OPENAI_MODEL\`, to talk to a real model.
`,
  long: () => `## A long answer, for about a minute

I am **demo**, a scripted model. This answer is long so that you can try things while it streams: reload the page, open
the conversation in a second tab, switch off the network for a while, or press *Stop*.

### Why a run is not a request

Most chat servers answer a request by pumping the model's stream into the response. When the response breaks, because a
laptop was closed or a gateway lost patience, the answer is gone: the server was writing to a socket, and the socket was
the only place where the words were.

Millrace turns this around. Accepting your message creates a *run*, and the run belongs to the server. It writes what the
model says into a log in which every event has a number: 1, 2, 3 and so on, without a hole. A response is only a
reader of that log. It may come late, leave early, come back, or be one of many.

### Why the numbers matter

A reader remembers one thing: the number of the last event it has applied. The next one must be exactly one higher.
A lower number is a repetition, and is ignored. A higher one is a gap, and a gap is never papered over: the reader asks
again from the number it has, or gets a snapshot of the run so far. The promise is small enough to check, so check it:
the lines below are numbered. However often you reload, each number appears once.

${numberedLines('en')}
### The end

If every line from the first to the last is there, the log kept its promise.
`,
};

const chinese: DemoTexts = {
  reasoning: (prompt) =>
    `用户写道：“${quote(prompt)}”。我是一个按脚本回答的模型，没法真正思考这个问题。` +
    '我能做的是展示 Millrace 怎样传送一个回答：先是这段推理，然后是标题、列表、表格、代码和公式。',
  reasoningBeforeTools: (names) =>
    `这件事我自己无法知道，不过我有 ${names.join(' 和 ')} 可以用，先调用它，再等结果。`,
  reasoningAfterTools: () => '工具已经返回了结果，我来转述。',
  afterTools: (results) =>
    `## 工具的结果\n\n${sections(results)}\n\n` +
    '我是按脚本回答的模型，只能照样转述。真正的模型会在同一个位置读到这些结果，再用自己的话说出来；' +
    '调用、参数和结果都是这次运行的一部分，可以在上面展开查看。',
  noTools:
    '## 这需要用到工具\n\n' +
    '我是 **demo**，一个按脚本回答的模型，既没有时钟，也不会算术。Millrace 内置了这两样*工具*。' +
    '请在输入框旁边选中内置的工具服务器，然后再问一次：你会看到调用、逐字写出的参数，以及结果。\n',
  tour: `## 这个回答是怎样到达的

我是 **demo**，一个按脚本回答的模型：这里的话不是为你现想出来的，也不需要密钥和网络。不过，这些字走过的路和真实模型的
完全一样：

1. 你的消息先被保存，服务器上随即开始一次*运行*（run）。
2. 运行向模型提问，并把回答的每一小段写进一份有序的**日志**。
3. 这个页面只是在*读*那份日志。趁我还在说话，刷新一下页面：不会少一个字，也不会多一个字。

### 出了问题会怎样

| 出问题的地方 | Millrace 的做法 |
| --- | --- |
| 你的网络断了 | 运行继续；页面重新连上以后，只取它缺少的部分 |
| 模型还没开口就失败 | 自动重试，并且告诉你 |
| 模型说到一半断了 | 保留已经到达的内容，并说明出了什么错 |
| 你按下“停止” | 模型和所有工具立刻停下，已有的内容留着 |

### 不用页面也能读

${curl}

每一帧的 \`id\` 就是那个事件的位置。读者看过第 $n$ 个事件，而日志到第 $m$ 个为止，那么它再来的时候，正好得到

$$
m - n = \\sum_{k=n+1}^{m} 1
$$

个事件，顺序不变。

### 接下来可以试试

- 打开内置工具，问我：*“东京现在几点？12 乘以 7 等于多少？”*
- 让我*“写一个长回答”*，然后在中途刷新页面。
- Ask me in English, and I answer in English.
- 设置 \`OPENAI_API_KEY\`，或者 \`OPENAI_BASE_URL\` 和 \`OPENAI_MODEL\`，就可以和真实的模型对话。
`,
  long: () => `## 一个大约一分钟的长回答

我是 **demo**，一个按脚本回答的模型。这个回答很长，好让你在它还没说完的时候试试各种事情：刷新页面，在另一个标签页打开
同一个对话，断开一会儿网络，或者按下“停止”。

### 为什么运行不等于请求

大多数聊天服务器收到请求以后，把模型的输出直接灌进响应里。响应一断，比如合上了笔记本，或者网关等得不耐烦了，回答也就没了：
服务器只是在往套接字里写，而那些字只存在于套接字里。

Millrace 把这件事反了过来。接受你的消息，就是创建一次*运行*；运行属于服务器。它把模型说的话写进日志，日志里的每个事件都有
编号：1、2、3，依次往下，没有空缺。响应只是这份日志的一个读者。读者可以晚到，可以早走，可以再回来，也可以有很多个。

### 编号为什么重要

读者只需要记住一件事：自己处理过的最后一个事件的编号。下一个必须正好大一。更小的是重复，忽略就好；更大的说明有空缺，而空缺
从不会被悄悄掩盖：读者会从自己的编号重新读起，或者得到一份到目前为止的快照。这个承诺小到可以亲手检验：下面的每一行都有编号，
无论你刷新多少次，每个编号都只出现一次。

${numberedLines('zh')}
### 结束

如果从第一行到最后一行都在，日志就守住了它的承诺。
`,
};

export const demoTexts: Readonly<Record<'en' | 'zh', DemoTexts>> = { en: english, zh: chinese };
