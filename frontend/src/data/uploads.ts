import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import { call } from '../api/call';
import { asApiError } from '../api/errors';
import { formatCount } from '../lib/format';
import { threadHere } from '../nav/routes';
import { beforeLeaving } from '../session/departure';
import { ready, type SessionUser, session } from '../session/session';
import { until } from '../session/until';
import { announce } from '../ui/announcer';
import { toast } from '../ui/toasts';
import { datasets, datasetsLoaded, setActive, showReady } from './datasets';
import { logName } from './pastedLog';
import { rowsInWords } from './rowCount';
import { fetchSample, SAMPLE_NAME } from './sample';
import { UnusableFile } from './unusableFile';

/** Why an upload stopped, and whether trying again may help. */
export interface UploadError {
  message: string;
  retryable: boolean;
  supportId: string | null;
}

/** A file on its way: `sent` of its `size` bytes have arrived. `trouble`: a request is being tried again. */
export interface Upload {
  key: string;
  name: string;
  sent: number;
  size: number;
  rows: number;
  rejects: number;
  state: 'reading' | 'sending' | 'needs_model' | 'failed';
  trouble: boolean;
  error: UploadError | null;
  datasetId: string | null;
}

/** What an upload needs that the screen does not; `uid` from its start on. Files added together become active together. */
interface Source {
  uid: string | null;
  open: () => Promise<Blob>;
  requestId: string;
  model: string | null;
  threadId: string | null;
  together: Set<string>;
  abort: AbortController;
}

const current = signal<readonly Upload[]>([]);
const sources = new Map<string, Source>();
let queue: Promise<void> = Promise.resolve();

/** Files on their way, and those that need the user. */
export const uploads: ReadonlySignal<readonly Upload[]> = current;

const isMoving = ({ state }: Upload) => state === 'reading' || state === 'sending';
const uploading = computed(() => current.value.some(isMoving));

/** Uploads files, one after the other. */
export function addFiles(files: Iterable<File>): void {
  const together = new Set<string>();
  for (const file of files) add(file.name || 'Unnamed file', async () => file, together);
}

/** Uploads the parts that a folder becomes, one after the other. */
export function addParts(parts: Iterable<{ name: string; content: Blob }>): void {
  const together = new Set<string>();
  for (const { name, content } of parts) add(name, async () => content, together);
}

/** Uploads a pasted log. */
export function addPastedText(text: string): void {
  const log = new Blob([text]);
  add(logName(text) ?? 'pasted.txt', async () => log);
}

/** Uploads the sample log; where the user has it already, questions are about that. */
export function addSample(): void {
  const present = datasets.value.find(({ name, status }) => name === SAMPLE_NAME && status === 'ready');
  if (present) setActive([present.id]);
  else if (!current.value.some((each) => each.name === SAMPLE_NAME && isMoving(each)))
    add(SAMPLE_NAME, fetchSample);
}

/** Waits until the datasets are listed, and no upload moves or asks for a model. */
export async function settled(): Promise<void> {
  const isOpen = (each: Upload) => isMoving(each) || each.state === 'needs_model';
  await until(() => (datasetsLoaded.value && !current.value.some(isOpen)) || null);
}

/** Gives an upload up, or takes the notice of a failed one away. */
export function cancelUpload(key: string): void {
  sources.get(key)?.abort.abort();
  discard(key);
  forget(key);
}

/** Goes on with an upload that failed, where it stopped. */
export function retryUpload(key: string): void {
  const source = sources.get(key);
  if (!source) return;
  source.abort = new AbortController();
  start(key);
}

/** Uploads a file again whose log does not say which model was used. */
export function giveModel(key: string, model: string): void {
  const source = sources.get(key);
  if (!source) return;
  source.model = model;
  restart(key, source);
  start(key);
}

/** The next start is another upload of the same file. */
function restart(key: string, source: Source): void {
  source.abort.abort();
  Object.assign(source, { requestId: crypto.randomUUID(), abort: new AbortController() });
  change(key, { datasetId: null, sent: 0, rows: 0, rejects: 0 });
}

function add(name: string, open: () => Promise<Blob>, together = new Set<string>()): void {
  const key = crypto.randomUUID();
  const abort = new AbortController();
  sources.set(key, { open, uid: null, requestId: key, model: null, threadId: threadHere(), together, abort });
  const nothing = { sent: 0, size: 0, rows: 0, rejects: 0, trouble: false, error: null, datasetId: null };
  current.value = [...current.value, { key, name, state: 'reading', ...nothing }];
  announce(`Uploading ${name}`);
  start(key);
}

function start(key: string): void {
  change(key, { state: 'reading', error: null, trouble: false });
  queue = queue.then(() => run(key));
}

/** Never rejects: the queue goes on. */
async function run(key: string): Promise<void> {
  const source = sources.get(key);
  if (!source || source.abort.signal.aborted) return; // given up while it waited
  const { signal } = source.abort;
  try {
    const [file, { transfer }] = await Promise.all([source.open(), import('./transfer')]);
    const { uid } = await ready();
    source.uid = uid;
    change(key, { size: file.size });
    const { name, datasetId } = untracked(() => current.value).find((each) => each.key === key) ?? {};
    const job = { uid, file, name: name ?? '', model: source.model, requestId: source.requestId, signal };
    const done = await transfer({
      ...job,
      resumed: Boolean(datasetId),
      onBegun: (id) => (signal.aborted ? remove(uid, id) : change(key, { datasetId: id, state: 'sending' })),
      onProgress: ({ read, ...counts }) => change(key, { sent: read, ...counts }),
      onTrouble: (trouble) => change(key, { trouble }),
    });
    finish(key, source, done);
  } catch (error) {
    if (!signal.aborted) fail(key, error);
  }
}

function finish(
  key: string,
  { together, model, threadId }: Source,
  { datasetId: id, rows, rejects }: { datasetId: string; rows: number; rejects: number },
): void {
  const { name } = current.value.find((each) => each.key === key) ?? { name: 'The file' };
  together.add(id);
  forget(key);
  const known = { id, name, model, rows, rejects, status: 'ready', notes: [], error: null } as const;
  showReady({ ...known, createdAt: Date.now() }, [...together], threadId);
  const skipped = rejects ? `, ${formatCount(rejects)} skipped` : '';
  announce(`${name} is ready: ${rowsInWords(rows)}${skipped}`);
}

function fail(key: string, cause: unknown): void {
  const failed = current.value.find((each) => each.key === key);
  if (!failed) return;
  if (cause instanceof UnusableFile) {
    const message = `${cause.message.charAt(0).toUpperCase()}${cause.message.slice(1)}`;
    change(key, { state: 'failed', error: { message, retryable: false, supportId: null } });
  } else {
    const { code, message, retryable, supportId } = asApiError(cause);
    const asksForModel = code === 'model_needed' || code === 'unknown_model';
    const error = code === 'model_needed' ? null : { message, retryable, supportId };
    change(key, { state: asksForModel ? 'needs_model' : 'failed', error });
    if (retryable) return; // what was sent is kept: the upload can go on
  }
  discard(key);
  change(key, { datasetId: null });
}

function discard(key: string): void {
  const uid = sources.get(key)?.uid;
  const datasetId = current.value.find((each) => each.key === key)?.datasetId;
  if (uid && datasetId) remove(uid, datasetId);
}

/** Deletes what a given-up upload left. When that fails, it stays listed as not finished, and can be removed there. */
function remove(uid: string, datasetId: string): void {
  call('DELETE', `/api/uploads/${datasetId}`, { as: uid, keepalive: true }).catch(() => undefined);
}

function change(key: string, changes: Partial<Upload>): void {
  current.value = current.value.map((each) => (each.key === key ? { ...each, ...changes } : each));
}

function forget(key: string): void {
  sources.delete(key);
  current.value = current.value.filter((each) => each.key !== key);
}

/** What a guest uploads goes along into an account, as an upload of its own; all other is over when its user leaves. */
let owner: SessionUser | null = null;
effect(() => {
  const now = session.value;
  if (now.state !== 'ready') return;
  const before = owner;
  owner = now.user;
  if (!before || before.uid === owner.uid) return;
  untracked(before.guest && !owner.guest ? goAlong : endAll);
});

function goAlong(): void {
  for (const [key, source] of sources) {
    restart(key, source);
    if (current.value.some((each) => each.key === key && isMoving(each))) start(key);
  }
}

function endAll(): void {
  if (uploading.value) toast('An upload was stopped because its user signed out.');
  for (const { abort } of sources.values()) abort.abort();
  sources.clear();
  current.value = [];
}

beforeLeaving({
  isBusy: () => uploading.value,
  lossOf: () => (uploading.peek() ? 'A file is still being uploaded. It stops when you sign out.' : null),
});

/** The browser asks before a page is left whose upload would be lost. */
const hold = (event: BeforeUnloadEvent) => event.preventDefault();
effect(() => {
  if (uploading.value) addEventListener('beforeunload', hold);
  else removeEventListener('beforeunload', hold);
});
addEventListener('pagehide', () => {
  for (const each of current.value) if (isMoving(each)) discard(each.key);
});
