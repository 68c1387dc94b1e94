import { call } from '../api/call';
import { ApiError } from '../api/errors';
import { EVALUATION_BYTES, EVALUATION_SAMPLE_BYTES, type EvaluationReply } from '../contract/contract';
import { formatBytes } from '../lib/format';
import { newRequestId } from '../lib/requestIds';

/** Characters of a name that the server takes. */
const NAME_LIMIT = 200;
/** Longest wait: a large file on a slow connection. */
const LIMIT_MS = 120_000;

/** What the form holds. `requestId`: the same for every try to send just this, so that it counts once. */
export interface Entered {
  requestId: string;
  kind: EvaluationReply['kind'];
  file: File | null;
  reference: string;
  candidate: string;
  feature: string;
}

/** The form as it opens. */
export function nothingEntered(): Entered {
  const requestId = newRequestId();
  return { requestId, kind: 'scores', file: null, reference: '', candidate: '', feature: '' };
}

/** The form after a change, which makes it another submission. */
export function changed(entered: Entered, change: Partial<Entered>): Entered {
  return { ...entered, ...change, requestId: newRequestId() };
}

/** Why it cannot be sent as it is; null when it can. */
export function problemIn({ kind, file, reference, candidate }: Entered): string | null {
  if (!file) return 'Choose a file.';
  const most = kind === 'replay' ? EVALUATION_SAMPLE_BYTES : EVALUATION_BYTES;
  if (file.size > most) return `${file.name} is larger than the ${formatBytes(most)} that can be sent.`;
  if (kind === 'replay' && !(reference.trim() && candidate.trim())) {
    return 'Name both models, for example gpt-4o and gpt-4o-mini.';
  }
  return null;
}

/** Where it is sent. */
export function addressOf({ requestId, kind, file, reference, candidate, feature }: Entered): string {
  const name = [...(file?.name ?? '')].slice(0, NAME_LIMIT).join('');
  const query = new URLSearchParams({ client_request_id: requestId, name });
  if (kind === 'replay') {
    query.set('reference', reference.trim());
    query.set('candidate', candidate.trim());
    if (feature.trim()) query.set('feature', feature.trim());
  }
  return `/api/evaluations?${query}`;
}

/** Sends it; raises ApiError, or the AbortError of `signal`. */
export async function handIn(uid: string, entered: Entered, signal: AbortSignal): Promise<void> {
  const bytes = await bytesOf(entered.file);
  await call<EvaluationReply>('POST', addressOf(entered), { as: uid, bytes, signal, limitMs: LIMIT_MS });
}

async function bytesOf(file: File | null): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array((await file?.arrayBuffer()) ?? []);
  } catch (cause) {
    const message = 'The file cannot be read any more. Choose it again.'; // it was changed or moved since
    throw new ApiError('unreadable_file', message, { cause });
  }
}
