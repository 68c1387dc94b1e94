import { call } from '../api/call';
import { ApiError } from '../api/errors';
import { DATASET_NAME_LIMIT, type DatasetDocument } from '../contract/contract';
import { loadFirestore } from '../firebase/firestore';
import { pauseMs } from '../lib/pause';
import { online } from '../session/online';
import { until } from '../session/until';
import { problemOf } from './fileKind';
import { compressed, isPlain, pieces } from './pieces';
import { UnusableFile } from './unusableFile';

/** Tries of one request before the user is asked: about a minute. */
const TRIES = 12;
/** Longest wait for one reply, so that a connection that went silent is given up. */
const REQUEST_MS = 120_000;
const BEGIN = '/api/uploads';

/** A file on its way. `requestId` names the upload: with the same one it goes on where it stopped. */
export interface Transfer {
  uid: string;
  file: Blob;
  name: string;
  model: string | null;
  requestId: string;
  resumed: boolean;
  signal: AbortSignal;
  onBegun: (datasetId: string) => void;
  onProgress: (progress: Counts & { read: number }) => void;
  /** True while something is tried again. */
  onTrouble: (trouble: boolean) => void;
}

/** What the server made of a file. */
export interface Counts {
  rows: number;
  rejects: number;
}

/** Sends a file as a dataset; raises UnusableFile, ApiError, or the AbortError of `signal`. */
export async function transfer(job: Transfer): Promise<Counts & { datasetId: string }> {
  let address: string | null = null;
  let received = 0;
  let sent = 0;
  for await (const { bytes, read } of pieces(job.file)) {
    job.signal.throwIfAborted();
    if (address === null) {
      const problem = problemOf(bytes);
      if (problem) throw new UnusableFile(problem);
      const datasetId = await begin(job);
      address = `${BEGIN}/${datasetId}`;
      received = await receivedOf(job, datasetId);
    }
    const number = sent++;
    if (number < received) continue;
    const body = await compressed(bytes);
    const counts = await persist<Counts>(job, 'PUT', `${address}/chunks/${number}`, { bytes: body });
    job.onProgress({ ...counts, read });
  }
  if (address === null) throw new UnusableFile('it is empty. Choose the file that holds the usage log.');
  const done = await persist<Counts>(job, 'POST', `${address}/complete`, { json: { chunks: sent } });
  return { rows: done.rows, rejects: done.rejects, datasetId: address.slice(BEGIN.length + 1) };
}

async function begin(job: Transfer): Promise<string> {
  const json = {
    client_request_id: job.requestId,
    name: [...job.name].slice(0, DATASET_NAME_LIMIT).join(''),
    ...(job.model === null ? {} : { model: job.model }),
    ...((await isPlain(job.file)) ? { size_bytes: job.file.size } : {}),
  };
  const { dataset_id: datasetId } = await persist<{ dataset_id: string }>(job, 'POST', BEGIN, { json });
  job.onBegun(datasetId);
  return datasetId;
}

function documentOf({ uid }: Transfer, datasetId: string): Promise<DatasetDocument | null> {
  return loadFirestore().then((store) => store.read(`users/${uid}/datasets/${datasetId}`));
}

/** How many chunks the server has: of an upload that goes on, it need not get them again. */
async function receivedOf(job: Transfer, datasetId: string): Promise<number> {
  return job.resumed ? ((await documentOf(job, datasetId))?.next_chunk ?? 0) : 0;
}

/** A request that is tried again, in growing pauses and when the device is online, while that can help. */
async function persist<Reply>(
  job: Transfer,
  method: string,
  path: string,
  what: { json?: unknown; bytes?: Uint8Array<ArrayBuffer> },
): Promise<Reply> {
  for (let attempt = 0; ; attempt++) {
    // The reply to a beginning is always read: it names what has to be deleted when the user gives up.
    const abort = path === BEGIN ? {} : { signal: job.signal };
    try {
      const reply = await call<Reply>(method, path, { as: job.uid, limitMs: REQUEST_MS, ...what, ...abort });
      job.onTrouble(false);
      return reply;
    } catch (error) {
      job.signal.throwIfAborted();
      if (error instanceof ApiError && error.code === 'dataset_closed')
        throw await reasonOf(job, path, error);
      if (!mayPass(error) || attempt + 1 >= TRIES) throw error;
    }
    job.onTrouble(true);
    await waitAbortably(job.signal, (done) => setTimeout(done, pauseMs(attempt)));
    await waitAbortably(job.signal, (done) => until(() => online.value || null).then(() => done()));
  }
}

/** True for what another try may mend. */
function mayPass(error: unknown): boolean {
  return error instanceof ApiError && error.retryable && error.code !== 'chunk_out_of_order';
}

/** The file was refused and that reply was lost: its document says why. */
async function reasonOf(job: Transfer, path: string, closed: ApiError): Promise<ApiError> {
  const reason = (await documentOf(job, path.split('/')[3] ?? ''))?.error;
  if (!reason) return closed;
  const { code, message, retryable, support_id: supportId } = reason;
  return new ApiError(code, message, { status: closed.status, retryable, supportId });
}

async function waitAbortably(signal: AbortSignal, start: (done: () => void) => void): Promise<void> {
  await new Promise<void>((resolve) => {
    start(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  signal.throwIfAborted();
}
