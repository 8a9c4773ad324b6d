/** One thing that Millrace must do. Tests cite its id in brackets in their name; scripts/requirements.spec.ts holds the two together. */
export interface Requirement {
  id: string;
  text: string;
  /** Where it is asked for: a section of the design, an item of an issue, a promise (P), a defect of the seed (D). */
  source: string;
  /** The issue that must deliver it. */
  issue: number;
}

/** The requirements of issues up to this one must be cited. */
export const DELIVERED_ISSUE = 3;

function of(
  issue: number,
  rows: readonly (readonly [id: string, text: string, source: string])[],
): Requirement[] {
  return rows.map(([id, text, source]) => ({ id, text, source, issue }));
}

const runs = of(2, [
  [
    'RUN-01',
    'A run executes detached from its readers; whatever its work throws ends this run, and nothing else',
    'design §2, §3',
  ],
  ['RUN-02', 'Any number of readers, whenever they come, see the same run', 'design §2'],
  [
    'RUN-03',
    'A reader that says where it was gets exactly the rest: by Last-Event-ID, ?after= (position or seq) or POST',
    'design §5.3, §12',
  ],
  ['RUN-04', 'A cursor at the terminal event is answered with 204', 'design §12'],
  [
    'RUN-05',
    'A reader that is behind gets adjacent deltas merged; one that keeps up gets each at once',
    'design §5.5',
  ],
  [
    'RUN-06',
    'A cursor that cannot be served gets a snapshot of the run so far and then the live tail, never an error',
    'design §5.4',
  ],
  ['RUN-07', 'A run that does not exist for its asker is 404 on every route', 'design §10, §12'],
  [
    'RUN-09',
    'An Idempotency-Key attaches retries to the run it started; another body is 422; a run ended by disconnect frees it',
    'design §5.9',
  ],
  [
    'RUN-10',
    'When the log is gone, the stored conversation serves late readers, with the terminal event where it stood',
    'design §5.10',
  ],
  [
    'RUN-11',
    'A run that its process left unfinished is ended as interrupted before the next process serves',
    'design §5.7',
  ],
  [
    'RUN-12',
    'Cancel, from anybody, aborts the model call at once, keeps the partial answer, is idempotent and gives a receipt',
    'issue 2 item 7; design §7',
  ],
  [
    'RUN-13',
    'Cancel aborts every tool, tells its server, and gives each open call one outcome',
    'design §4, §7',
  ],
  [
    'RUN-14',
    'The end of a run is decided once: of cancel and completion one holds, everywhere the same',
    'design §5.7',
  ],
  [
    'RUN-15',
    'A reader that leaves never stops the run of a conversation',
    'issue 2 "what it must show"; design §5.8',
  ],
  [
    'RUN-16',
    'A temporary chat, or on_disconnect "cancel", is cancelled after the grace time, unless a reader is there or comes back',
    'design §5.8',
  ],
  [
    'RUN-17',
    'Four clocks (first chunk, gap, tool, whole run), each with its own outcome, the text kept',
    'design §7',
  ],
  [
    'RUN-18',
    'Before the terminal event whatever is open is closed: parts, messages, calls, nodes; a failure tells its code only',
    'design §4',
  ],
]);

const cleaning = of(3, [
  [
    'RUN-21',
    'Keys and the rows of temporary chats are forgotten after the retention time, and no more than that',
    'issue 3 item 5; design §5.10',
  ],
]);

const stores = of(3, [
  [
    'RUN-20',
    'Each configured store says what it survives, at the start and in /health',
    'issue 3 item 2; design §10; promises §1',
  ],
]);

const log = of(2, [
  [
    'LOG-01',
    'One contract of the run log, with model-based commands, holds for every implementation',
    'issue 2 item 3; design §5',
  ],
  [
    'LOG-02',
    'Logs are compact: the length of each delta is kept, so that reading after any seq is exact',
    'design §5.5',
  ],
  ['LOG-03', 'A log lives for the run and its retention time, and then leaves nothing', 'design §5.10'],
  [
    'LOG-04',
    'Readers are told that there is more, once for all news of a turn, and never by what another reader throws',
    'design §5',
  ],
]);

const lifecycle = of(3, [
  [
    'RUN-19',
    'Readers of all instances count: a run that ends without readers ends after the last of them has gone, or its instance has died',
    'design §5.8',
  ],
  [
    'LOG-05',
    'A run whose log is away or lost goes on, and with it, once it is back, its log: exactly, or in a new epoch from a snapshot',
    'design §5.2, §5.6; promises §5 E.2 rows 17-20',
  ],
]);

const sse = of(2, [
  ['SSE-01', 'One event is one frame with one id; [DONE] comes once, last, without an id', 'design §6'],
  ['SSE-02', 'The headers of a stream are those that gateways need', 'design §6; promises §3 B.3'],
  [
    'SSE-03',
    'Heartbeats are ": hb" and one newline, between frames, when a stream is silent, and only then',
    'design §6',
  ],
  ['SSE-04', 'The first event is written at once, before the model answers', 'design §6'],
  [
    'SSE-05',
    'What fails before the run is created keeps its status: headers wait for the first event',
    'design §6',
  ],
  ['SSE-06', 'retry: stands in the frame of seq 1 only, never when resuming', 'design §6'],
  [
    'SSE-07',
    'Frames that are ready go out in one write; [DONE] is in the write of the terminal frame',
    'design §6',
  ],
  [
    'SSE-08',
    'Rotation, for age or drain, ends only responses whose reader can resume, at a frame border, and loses nothing',
    'design §6',
  ],
  [
    'SSE-09',
    'A reader that takes nothing holds no queue, costs less than 1 MB and is given up after a minute',
    'issue 2 "what it must show"; design §6',
  ],
  ['SSE-10', 'Every way in which a response ends releases its socket, watcher and reader', 'design §6'],
  [
    'SSE-11',
    'Dialects are folds of the log: for every k, what was sent up to k and the resumed rest are the whole, byte for byte',
    'design §6',
  ],
  ['SSE-12', 'The framer refuses what could break a frame', 'design §6'],
  [
    'SSE-13',
    'The Observable of a run, subscribed to, gives the frames that its writer would write',
    'design §6',
  ],
  ['SSE-14', 'A stream that cannot go on breaks its socket: no cut looks like an end', 'design §6'],
]);

const chat = of(2, [
  [
    'CHAT-01',
    'A plain answer streams piece by piece, and is the same document without a stream',
    'seed §11 vector 1',
  ],
  ['CHAT-02', 'The provider is asked for usage; tools are sent only where there are some', 'design §7'],
  ['CHAT-03', 'Reasoning is read from reasoning_content and reasoning, and kept apart', 'design §7'],
  [
    'CHAT-04',
    'The next turn sends system, history with whole tool calls, orphans repaired, no reasoning, then the prompt',
    'design §7',
  ],
  [
    'CHAT-05',
    'A provider that refuses fails the run with a code, or has its status without a stream',
    'seed §11 vector 3; design §6',
  ],
  ['CHAT-06', 'Retries happen only before the first token, and are said', 'design §7'],
  [
    'CHAT-07',
    'A provider that dies in mid-answer fails the run with the partial text kept',
    'seed §11 vector 4; design §7',
  ],
  [
    'CHAT-08',
    'A temporary chat streams as any other; no text of it is stored, and it has no history',
    'seed §11 vector 6',
  ],
  ['CHAT-09', 'A refusal is an answer', 'issue 2 item 4'],
  ['CHAT-10', 'The finish reason of a run is true', 'design §4'],
  [
    'CHAT-11',
    'Any text arrives as it was: cut UTF-8, Chinese, line ends, what looks like a frame',
    'promises §5 E.3 rows 15, 18',
  ],
  [
    'CHAT-12',
    'Turns of one conversation come one after the other, and no turn is lost or doubled',
    'seed D-26',
  ],
  ['CHAT-13', 'Whatever a model says in whatever order becomes well-formed events', 'design §4'],
  ['CHAT-14', 'Usage is summed over steps, and estimated (and flagged so) when a run is cut', 'design §7'],
]);

const conversations = of(3, [
  [
    'CHAT-16',
    'A conversation that still answers queues, refuses or is interrupted, as the request says',
    'issue 3 item 6',
  ],
  [
    'CONV-01',
    'Regenerate and edit keep the old branch: rounds are a tree, of which one branch is current',
    'issue 3 item 7',
  ],
  [
    'CONV-02',
    'Titles and compactions are events, carried by the log of the next run',
    'issue 3 item 7; design §4',
  ],
]);

const tools = of(2, [
  [
    'TOOL-01',
    'Unknown tools, broken arguments and failing tools are results that the model reads',
    'seed §11 vector 2; design §8',
  ],
  [
    'TOOL-02',
    'Providers get tool calls that they accept; what the model wrote is stored as it was',
    'design §7',
  ],
  ['TOOL-03', 'Tools have unique, provider-safe names and the description prefix of the seed', 'design §8'],
  [
    'TOOL-04',
    'Results are sent as they finish and stored in call order, with progress in between',
    'issue 2 item 6',
  ],
  ['TOOL-05', 'Results are cut at a limit, with a note and a warning', 'design §8'],
  [
    'TOOL-06',
    'MCP servers (stdio, streamable HTTP, built in) are used as they are, and what they do wrong harms nobody',
    'issue 2 item 6; promises §5 E.2 rows 30-32',
  ],
  ['TOOL-07', 'Ids of tool calls are unique in a run', 'design §4'],
  [
    'TOOL-08',
    'The tool loop ends at its limit with a warning and a finish reason, never silently',
    'seed §11 vector 5; design §7',
  ],
  ['TOOL-09', 'A server that is unknown or cannot be reached is a warning that the user sees', 'design §8'],
  ['TOOL-10', 'Tool calls run in parallel up to a bound', 'design §7, §8'],
  [
    'TOOL-11',
    'Arguments are checked against the schema; hostile schemas are refused',
    'design §8; promises §5 E.3 row 41',
  ],
  ['TOOL-12', 'mcp.json is read strictly; commands come from the operator only', 'design §8'],
]);

const model = of(2, [
  [
    'MODEL-01',
    'The model client streams any OpenAI-compatible provider: drained, in order, aborted at once',
    'issue 2 item 4; design §7',
  ],
  ['MODEL-02', 'Chunks of all known providers are read, and garbage is an error', 'issue 2 item 4'],
  [
    'MODEL-03',
    'Failures of providers have one code each; their words and keys do not leave the server',
    'design §12',
  ],
  [
    'MODEL-04',
    'Models come from the environment or models.json; GET /api/models never shows a key',
    'issue 2 item 4; seed §7.1',
  ],
  ['MODEL-05', 'The demo model needs no key and no network', 'design §13'],
]);

const protocol = of(2, [
  ['PROTO-01', 'decode(encode(e)) is e, for every event', 'issue 2 item 2; design §6'],
  [
    'PROTO-02',
    'Frames of an original MAG server decode, ids inferred, without the faults of its reducer',
    'issue 2 item 2; seed §8.3, D-70..D-80',
  ],
  ['PROTO-03', 'One reducer folds a run for the server and the browser', 'design §11'],
  ['PROTO-04', 'Every error code is explained, and every explained code exists', 'issue 2 item 12'],
]);

const storage = of(2, [
  [
    'STORE-01',
    'The user message and the run are stored before the answer begins',
    'issue 2 item 9; design §7',
  ],
  ['STORE-02', 'What was stored is there after a restart', 'design §5.6'],
  ['STORE-03', 'The list of conversations has the shape of the seed, and conversation_id', 'seed §6, D-54'],
  ['STORE-04', 'The detail of a conversation has the shape of the seed', 'seed §6'],
  ['STORE-05', 'Conversation ids are 1 to 128 of [A-Za-z0-9._:-]', 'design "Which text holds"'],
  ['STORE-06', 'The answer is stored before its terminal event is seen', 'design §5.6'],
  ['STORE-07', 'GET /api/runs/{id} tells the state, usage and cursor of a run', 'design §12'],
  ['STORE-08', 'History is whole and in order, however long', 'issue 2 item 9'],
  [
    'STORE-09',
    'What a run said is stored in the shapes of the seed, at any moment of it',
    'seed §0; design §7',
  ],
]);

const http = of(2, [
  ['HTTP-01', 'Statuses and texts of early failures are those of the seed', 'seed §1.1'],
  ['HTTP-02', 'Bad input has its status and never a 5xx', 'issue 2 item 7; promises §5 E.3'],
  ['HTTP-03', 'Errors are RFC 9457 problems with code, retryable and trace_id', 'design §12'],
  ['HTTP-04', 'In mode none a foreign Host or Origin is refused', 'issue 2 item 7'],
  ['HTTP-05', '/openapi.json and /docs describe the routes and frames that there are', 'issue 2 item 7'],
]);

const client = of(2, [
  [
    'UI-01',
    'A person sends, sees the answer stream, and reloads in the middle without losing anything',
    'issue 2 item 10',
  ],
  [
    'UI-02',
    'The client resumes with back-off and a watchdog, and applies each event once',
    'issue 2 item 10; design §11',
  ],
  [
    'UI-03',
    'Streamed markdown is what the whole text gives, is never parsed again, and reaches no HTML sink',
    'issue 2 item 10; client.md §4',
  ],
  ['UI-04', 'English and Chinese have the same texts', 'issue 2 item 10'],
  ['UI-05', 'Enter does not send while an input method composes', 'issue 2 item 10'],
  [
    'UI-06',
    'Code is coloured line by line as it streams, in slices that do not hold up the page',
    'client.md §1.7, §4',
  ],
]);

const history = of(3, [
  [
    'UI-10',
    'Conversations are found, filtered, paged, renamed, tagged, marked, removed, deleted, exported and imported; what fails is undone',
    'issue 3 item 11; seed §8.5',
  ],
  [
    'UI-11',
    'Asking again and editing make another version of a turn, which readers switch to without losing their place',
    'issue 3 item 11',
  ],
  [
    'UI-12',
    'Messages that are sent during an answer wait at the server, hold no connection, and can be taken back or sent at once',
    'issue 3 item 11; design §11',
  ],
  ['UI-13', 'A cut answer can be continued, in the language of the page', 'issue 3 item 11'],
  [
    'UI-14',
    'A conversation is compacted after a warning, and says where it was',
    'issue 3 item 11; seed §8.5',
  ],
  ['UI-15', 'A title that was made in the background shows without a reload', 'issue 3 item 11'],
]);

const operations = of(2, [
  [
    'OPS-01',
    'No key, prompt or answer text is in the log at the default level',
    'issue 2 "what it must show"',
  ],
  ['OPS-02', 'An idle server exits within 2 s of SIGTERM, whatever connections are open', 'design §13'],
  [
    'OPS-03',
    'A server that drains lets runs end, moves on who can resume, keeps heartbeats and refuses new runs',
    'design §6, §13',
  ],
  ['OPS-04', 'A run that outlasts the drain is interrupted with its text kept', 'design §13'],
  ['OPS-05', 'A second signal exits at once', 'design §13'],
  ['OPS-06', 'Start to ready under 2 s, idle under 150 MB', 'issue 2 "what it must show"'],
]);

/** promises.md §5 E.1. */
const promises: Requirement[] = [
  ...of(2, [
    ['P1', 'Events of a run arrive in order, each applied once, whatever is cut', 'promises §5'],
    ['P2', 'A gap is never silent', 'promises §5'],
    ['P3', 'Every accepted run ends with exactly one terminal event', 'promises §5'],
    ['P4', 'Resume works', 'promises §5'],
    ['P5', 'An accepted run and its user message survive SIGKILL', 'promises §5'],
    ['P6', 'run.completed means that a reload shows the same text', 'promises §5'],
    ['P8', 'The same Idempotency-Key never calls the model twice', 'promises §5'],
    ['P10', 'Cancel stops model and tools', 'promises §5'],
    ['P13', 'No idle cut', 'promises §5'],
    ['P14', 'Works under total-duration caps', 'promises §5'],
    ['P15', 'A slow or dead reader harms nobody', 'promises §5'],
    ['P19', 'Secrets are never logged', 'promises §5'],
  ]),
  ...of(3, [
    ['P7', 'At most 2 s or 4 KiB of an interrupted answer is lost', 'promises §5'],
    ['P9', 'Tools are never run again by recovery', 'promises §5'],
    ['P16', 'Deploys lose nothing', 'promises §5'],
    ['P17', 'Isolation of users and tenants', 'promises §5'],
    ['P20', 'Dependencies that are down are told, survived and come back', 'promises §5'],
  ]),
  ...of(9, [
    ['P18', 'Budgets hold', 'promises §5'],
    ['P11', 'Added latency of an event', 'promises §5'],
    ['P12', 'First byte', 'promises §5'],
  ]),
];

/** promises.md §5 E.2; docs/faults.md says which test shows each. */
const faults = of(3, [
  [
    'FAULT-01',
    'A connection that is reset at any byte: the run goes on, and the reader that resumes gets every event once',
    'promises §5 E.2 row 1',
  ],
  [
    'FAULT-02',
    'A reader whose packets are swallowed holds no queue and is given up within a minute of its socket being full',
    'promises §5 E.2 row 2',
  ],
  [
    'FAULT-03',
    'A client that comes back while its old connection still lives is served on both',
    'promises §5 E.2 row 3',
  ],
  ['FAULT-04', 'A laptop that slept: the page notices on waking and resumes', 'promises §5 E.2 row 4'],
  ['FAULT-05', 'Duplicate tabs see the same events of one run', 'promises §5 E.2 row 5'],
  [
    'FAULT-10',
    'A killed server with its log in memory: the run is interrupted with its checkpoint at the next start, readers get a snapshot',
    'promises §5 E.2 row 10',
  ],
  [
    'FAULT-11',
    'A killed instance beside another: the other fences its log and interrupts its runs, and readers go on there',
    'promises §5 E.2 row 11',
  ],
  [
    'FAULT-12',
    'A stopped instance that comes back is refused: its events are in no log, and there is no second end',
    'promises §5 E.2 row 12',
  ],
  [
    'FAULT-13',
    'SIGTERM drains: runs end or are interrupted with their text kept, and the process exits with 0',
    'promises §5 E.2 row 13',
  ],
  [
    'FAULT-14',
    'An event loop that is blocked for 5 s loses no lease and interrupts no run',
    'promises §5 E.2 row 14',
  ],
  ['FAULT-15', 'What is thrown in any stage of a run fails that run alone', 'promises §5 E.2 row 15'],
  [
    'FAULT-16',
    'Redis down at the start: a clear message, not ready, no crash loop',
    'promises §5 E.2 row 16',
  ],
  [
    'FAULT-17',
    'Redis lost in mid-run: the answer is committed, and the log goes on in a new epoch',
    'promises §5 E.2 row 17',
  ],
  [
    'FAULT-18',
    'Redis restarted empty: readers get a snapshot, and nothing is merged wrongly',
    'promises §5 E.2 row 18',
  ],
  [
    'FAULT-19',
    'A Redis fail-over that lost the tail: a cursor ahead of the log gets a snapshot',
    'promises §5 E.2 row 19',
  ],
  ['FAULT-20', 'Redis out of memory is treated as away', 'promises §5 E.2 row 20'],
  [
    'FAULT-22',
    'PostgreSQL away in mid-run: the terminal event waits for the commit',
    'promises §5 E.2 row 22',
  ],
  ['FAULT-23', 'A commit whose answer was lost is done once', 'promises §5 E.2 row 23'],
  [
    'FAULT-25',
    'A full disk is a clear problem, costs no answer that is being written, and leaves reads alone',
    'promises §5 E.2 row 25',
  ],
  [
    'FAULT-26',
    'A model that refuses for now (429, 500, 529) before the first token is asked again, as it says, and then the run fails',
    'promises §5 E.2 row 26',
  ],
  [
    'FAULT-27',
    'A model that is cut in mid-answer is not asked again blindly: the run fails, retryable, with its text kept',
    'promises §5 E.2 row 27',
  ],
  [
    'FAULT-28',
    'A model that stalls fails the run by its clock; heartbeats come to its readers all along',
    'promises §5 E.2 row 28',
  ],
  [
    'FAULT-29',
    'Garbage of a model, a line of 50 MB or bad UTF-8 fails the run, and harms nobody',
    'promises §5 E.2 row 29',
  ],
  [
    'FAULT-33',
    'Cancel, completion, deadline, disconnect, shutdown and recovery that race give one end, the same everywhere',
    'promises §5 E.2 row 33',
  ],
  [
    'FAULT-34',
    'A wall clock that jumps ends no run, starves no stream and holds nothing up: leases and waits do not read it',
    'promises §5 E.2 row 34',
  ],
  [
    'FAULT-35',
    'A thousand clients that resume at once are all served, with the same answers',
    'promises §5 E.2 row 35',
  ],
  [
    'FAULT-36',
    'Logs of an older and of a newer schema are read: what is unknown is passed over',
    'promises §5 E.2 row 36',
  ],
]);

const compatible = of(6, [
  [
    'OAI-01',
    'The strict OpenAI dialect writes chunks of one assistant message and nothing else: no ids, no unknown frames',
    'design §6; wire.md A5, G3',
  ],
  [
    'OAI-02',
    'Every field of a chat completion request is honoured, passed on, or refused with a 400 that names it',
    'issue 6 item 1',
  ],
  [
    'OAI-03',
    "The client's own tools come back to it as tool calls; server-side tools, by opt-in, stay hidden",
    'issue 6 item 1',
  ],
  ['OAI-04', "Usage and log probabilities have OpenAI's form and place", 'issue 6 item 1; wire.md A1'],
  [
    'OAI-05',
    "Errors have OpenAI's form: with their status until the first model event, in a frame after it",
    'design §6 Statuses, §12; wire.md A3',
  ],
  [
    'OAI-06',
    'A chat completion whose reader leaves is cancelled after the grace; the same Idempotency-Key replays it',
    'design §5.8, §5.9',
  ],
  ['OAI-07', 'Real clients of OpenAI work unchanged', 'design §6; issue 6 item 5'],
  [
    'AISDK-01',
    'The AI SDK reads every run as one message: parts, tools, steps, metadata, errors, abort',
    'issue 6 item 2; wire.md B',
  ],
  [
    'AISDK-02',
    'A chat of the AI SDK is a conversation: its messages are turns, what is asked again or edited is a branch',
    'design §5.8; wire.md B4',
  ],
  [
    'AISDK-03',
    'A client that comes back gets the answer that is being written from its start, or 204; a stop ends it',
    'design §12; wire.md B4',
  ],
  [
    'AGUI-01',
    'Clients of AG-UI, of 1.0 and of 0.0.x, read every run as messages, steps and one end, in the order that they insist on',
    'issue 6 item 3; wire.md C',
  ],
  [
    'AGUI-02',
    'A thread of AG-UI is a conversation: its runs are turns, the same runId is the same run, its client has tools of its own',
    'design §5.8; wire.md C2, F',
  ],
  [
    'AGUI-03',
    'A client of AG-UI that comes back gets the messages as they stand, then what is open, then the rest',
    'design §5.4; wire.md G5',
  ],
  [
    'SSE-15',
    'GET /api/runs/{id}/events reads and resumes a run in every dialect; an unknown one is a 400',
    'design §6, §12',
  ],
]);

const contract = of(6, [
  [
    'API-01',
    'The OpenAPI documents, 3.1 and 3.2, tell every route, error, header and event, and the linters find nothing',
    'issue 6; wire.md E3',
  ],
  ['API-02', 'Every frame of a native stream has its JSON Schema under /schemas', 'issue 6'],
  ['API-03', 'Clients that are generated from the document compile and work', 'issue 6; wire.md E2'],
  ['API-04', 'Bare readers of event streams work: eventsource-parser, EventSource in a browser', 'issue 6'],
  ['API-05', 'What each client loses of a run is measured, and told', 'issue 6; wire.md G3'],
  ['API-06', 'The stream and the state of our client are a library without the UI', 'issue 6'],
]);

const graphs = of(5, [
  [
    'GRAPH-01',
    'Graphs are stored as they are written, for their owner alone, with versions, readme, import, export and a picture',
    'issue 5 §1',
  ],
  [
    'GRAPH-02',
    'Every fault of a graph is told at once, with graph, node, field and the words of the seed',
    'issue 5 §1',
  ],
  [
    'GRAPH-03',
    'Nodes whose inputs are there are ready; levels, loops by edge back and what was not chosen are in the right order',
    'issue 5 §2, seed §4.3, §4.6',
  ],
  [
    'GRAPH-04',
    'On random graphs every run ends, no node runs before its inputs or more often than its loops allow',
    'issue 5 §7',
  ],
  ['GRAPH-05', 'Handoffs follow the first choice and its count', 'issue 5 §2, seed §4.6'],
  [
    'GRAPH-06',
    'Prompts, context, subgraphs and end templates are filled in as the seed documents it',
    'issue 5 §2, seed §4.4, §4.7',
  ],
  [
    'GRAPH-07',
    'A node is a chat turn of its own: own tools and limits, its id on every event, exactly one end',
    'issue 5 §2, design §9',
  ],
  [
    'GRAPH-08',
    'A graph runs as a run: nodes at once up to a limit, the frames of the seed, its result and its chain',
    'issue 5 §2, seed §2.5, §4.5, §11',
  ],
  [
    'GRAPH-09',
    'A failed node fails the graph, a cancel stops all of its nodes, and neither is ever complete',
    'issue 5 §2',
  ],
  [
    'GRAPH-10',
    'Each node that has ended is stored; a graph goes on from there after a crash, a failure or a stop, on any instance',
    'issue 5 §3',
  ],
  [
    'GRAPH-11',
    'Example graphs are shipped, run on the demo model and can be installed with one request',
    'issue 5 §3',
  ],
]);

const agents = of(5, [
  [
    'AGENT-01',
    'Agents are stored for their owner alone; every fault of one is told at once, with its field',
    'issue 5 §4',
  ],
  [
    'AGENT-02',
    'A turn of an agent has its model, prompt, tools, parameters and limits, and is a turn like any other',
    'issue 5 §4; design §12',
  ],
  [
    'AGENT-03',
    'An agent that another one calls is a node of the run; circles, depth and number of calls are limited, and the model is told',
    'issue 5 §4',
  ],
]);

const designs = of(5, [
  [
    'DESIGN-01',
    'A graph is designed in dialogue: the tags and the merging of the seed, in each branch for itself',
    'issue 5 §5; seed §1.3, §5',
  ],
  [
    'DESIGN-02',
    'The end of a design stores a whole graph, tells all that is missing or wrong, and asks before it replaces another graph',
    'issue 5 §5; seed §5, D-67',
  ],
]);

const studio = of(5, [
  [
    'UI-21',
    'What a prompt goes to is chosen beside it: a model, a graph or an agent; without a graph, examples are a click away and run on the demo model',
    'issue 5 §6',
  ],
  [
    'UI-22',
    'A graph is drawn level by level, loops upwards; changes of a node keep what refers to it',
    'issue 5 §6',
  ],
  [
    'UI-23',
    'A graph is written as JSON beside the form, in step with it, each fault at its line',
    'issue 5 §6',
  ],
  [
    'UI-24',
    'A graph is built, checked and saved without JSON; what is not saved outlives the page, what was saved has versions',
    'issue 5 §6',
  ],
  ['UI-25', 'Agents are made with a form, listed, and talked to', 'issue 5 §6'],
  [
    'UI-26',
    'A run of a graph lights up: each node with its state, stream, time, tokens and handoffs, parallel ones side by side, and the result',
    'issue 5 §6',
  ],
  [
    'UI-27',
    'A run of a graph that was left, stopped or failed is shown as it was, and goes on from there',
    'issue 5 §6',
  ],
  ['UI-28', 'A graph is designed in dialogue, shown part by part, and stored', 'issue 5 §6'],
]);

/** Defects of the seed (contract/seed.md §10) that must not come back. */
const defects: Requirement[] = [
  ...of(2, [
    ['D-05', 'Usage of providers that send it in a chunk of its own is counted', 'seed §10'],
    ['D-06', 'An error keeps the user message and the partial answer', 'seed §10'],
    ['D-07', 'A stream that ends without a finish reason is not a success', 'seed §10'],
    ['D-10', 'Heartbeats in silent phases', 'seed §10'],
    ['D-11', 'A run can be stopped', 'seed §10'],
    ['D-14', 'Errors without a stream have a proper status', 'seed §10'],
    ['D-16', 'Raw texts of providers do not reach the user', 'seed §10'],
    ['D-17', 'The cap on iterations is said aloud', 'seed §10'],
    ['D-18', 'Who waits without a stream and goes has left', 'seed §10'],
    ['D-21', 'An empty conversation id is not an id', 'seed §10'],
    ['D-25', 'isError is an error', 'seed §10'],
    ['D-26', 'Concurrent turns do not double round numbers', 'seed §10'],
    ['D-57', 'Results do not wait for each other', 'seed §10'],
    ['D-58', 'Every tool call is answered', 'seed §10'],
    ['D-59', 'Failed MCP servers are seen', 'seed §10'],
  ]),
  ...of(3, [
    ['D-08', 'Failures to save are not swallowed', 'seed §10'],
    ['D-09', 'The end of a turn does not wait for its title', 'seed §10'],
    ['D-27', 'A title is made whatever the first answer begins with', 'seed §10'],
    ['D-28', 'Compaction leaves no dangling tool calls', 'seed §10'],
    ['D-29', 'A compaction that changes nothing is no error', 'seed §10'],
    ['D-54', '_id and conversation_id are the same', 'seed §10'],
    ['D-55', 'Favourites can be renamed and tagged', 'seed §10'],
    ['D-56', 'Compaction keeps the rounds that came meanwhile', 'seed §10'],
    ['D-68', 'The list is paged', 'seed §10'],
  ]),
  ...of(5, [
    ['D-03', 'No prompt names a file of the server', 'seed §10'],
    ['D-41', 'Names of nodes are unique and not reserved', 'seed §10'],
    ['D-42', 'A subgraph node may say that it has no model', 'seed §10'],
    ['D-43', 'Every context mode that is offered is taken', 'seed §10'],
    ['D-44', 'A graph is stored as written, and what was read can be saved again', 'seed §10'],
    [
      'D-45',
      'A subgraph is rewired whole: inputs, outputs, handoffs, context, placeholders, its template',
      'seed §10',
    ],
    ['D-46', 'An edge back does not turn the order around', 'seed §10'],
    ['D-30', 'A failed node fails the graph', 'seed §10'],
    ['D-31', 'The output of a node without output is what its tools answered', 'seed §10'],
    ['D-32', 'Going on with a text deletes nothing', 'seed §10'],
    ['D-33', 'continue_from_checkpoint does what it says', 'seed §10'],
    ['D-34', 'Going on runs the siblings that had not ended', 'seed §10'],
    ['D-35', 'Going on repeats no choice that was made before', 'seed §10'],
    ['D-36', 'A deleted conversation is nowhere', 'seed §10'],
    ['D-37', 'A node is stored once, not the whole run after each node', 'seed §10'],
    ['D-38', 'Runs of one conversation share nothing', 'seed §10'],
    ['D-39', 'A graph without an end template completes', 'seed §10'],
    ['D-40', "A run of a graph is its owner's", 'seed §10'],
    ['D-47', 'Names of handoffs fit every provider', 'seed §10'],
    ['D-48', 'A handoff to nowhere is answered', 'seed §10'],
    ['D-49', 'The choice that is told is the one that is followed', 'seed §10'],
    ['D-62', 'Names with dots are names', 'seed §10'],
    ['D-63', 'A graph answers with JSON where that is asked for', 'seed §10'],
    ['D-64', 'A shutdown keeps what the nodes have done', 'seed §10'],
    ['D-22', 'Designing a graph tells the id of its conversation', 'seed §10'],
    ['D-51', 'The rounds of a design are counted right', 'seed §10'],
    ['D-52', 'An answer that adds and deletes keeps what it adds; what it has twice counts once', 'seed §10'],
    ['D-67', 'The end of a design asks before it replaces a graph', 'seed §10'],
    ['D-50', 'What a model said is never read as a template', 'seed §10'],
  ]),
];

export const requirements: readonly Requirement[] = [
  ...runs,
  ...cleaning,
  ...stores,
  ...log,
  ...lifecycle,
  ...sse,
  ...chat,
  ...conversations,
  ...tools,
  ...model,
  ...protocol,
  ...storage,
  ...http,
  ...client,
  ...history,
  ...operations,
  ...promises,
  ...faults,
  ...compatible,
  ...contract,
  ...graphs,
  ...agents,
  ...designs,
  ...studio,
  ...defects,
];
