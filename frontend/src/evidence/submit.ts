import { ApiError } from '../api/errors';
import { callIdempotent } from '../api/idempotent';
import { EVALUATION_BYTES, EVALUATION_SAMPLE_BYTES, type EvaluationReply } from '../contract/contract';
import { formatBytes } from '../lib/format';
import { newRequestId } from '../lib/requestIds';
import { timestampOf } from '../lib/timestamp';
import { type Evaluation, showAdded } from './evaluations';

/** Characters of a name that the server takes. */
const NAME_LIMIT = 200;
/** Longest wait: a large file on a slow connection. */
const LIMIT_MS = 120_000;

/** What the form holds. `requestId`: the same for every try to send just this, so that it counts once. */
export interface EvidenceInput {
  requestId: string;
  kind: EvaluationReply['kind'];
  file: File | null;
  reference: string;
  candidate: string;
  feature: string;
}

/** The form as it opens. */
export function nothingEntered(): EvidenceInput {
  const requestId = newRequestId();
  return { requestId, kind: 'scores', file: null, reference: '', candidate: '', feature: '' };
}

/** The form after a change, which makes it another submission. */
export function changed(entered: EvidenceInput, change: Partial<EvidenceInput>): EvidenceInput {
  return { ...entered, ...change, requestId: newRequestId() };
}

/** Why it cannot be sent as it is; null when it can. */
export function problemIn({ kind, file, reference, candidate }: EvidenceInput): string | null {
  if (!file) return 'Choose a file.';
  const most = kind === 'replay' ? EVALUATION_SAMPLE_BYTES : EVALUATION_BYTES;
  if (file.size > most) return `${file.name} is larger than the ${formatBytes(most)} that can be sent.`;
  if (kind === 'replay' && !(reference.trim() && candidate.trim())) {
    return 'Name both models, for example gpt-4o and gpt-4o-mini.';
  }
  return null;
}

/** Where it is sent. */
export function addressOf(entered: EvidenceInput): string {
  const { requestId, kind, reference, candidate, feature } = entered;
  const query = new URLSearchParams({ client_request_id: requestId, name: nameOf(entered) });
  if (kind === 'replay') {
    query.set('reference', reference.trim());
    query.set('candidate', candidate.trim());
    if (feature.trim()) query.set('feature', feature.trim());
  }
  return `/api/evaluations?${query}`;
}

/** Sends it, and lists it once the server has it. Raises ApiError, or the AbortError of `signal`. */
export async function submitEvaluation(
  uid: string,
  entered: EvidenceInput,
  signal: AbortSignal,
): Promise<void> {
  const bytes = await bytesOf(entered.file);
  const options = { as: uid, bytes, signal, limitMs: LIMIT_MS };
  showAdded(
    uid,
    storedAs(entered, await callIdempotent<EvaluationReply>('POST', addressOf(entered), options)),
  );
}

/** What is known of it before its document has come. */
function storedAs(entered: EvidenceInput, { evaluation_id: id, kind }: EvaluationReply): Evaluation {
  return {
    id,
    data: {
      v: 2,
      name: nameOf(entered),
      kind,
      status: kind === 'replay' ? 'running' : 'ready',
      feature: kind === 'replay' ? entered.feature.trim() || null : null,
      prompts: 0,
      created_at: timestampOf(Date.now()),
    },
  };
}

/** As much of the file's name as the server takes. */
function nameOf({ file }: EvidenceInput): string {
  return [...(file?.name ?? '')].slice(0, NAME_LIMIT).join('');
}

async function bytesOf(file: File | null): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array((await file?.arrayBuffer()) ?? []);
  } catch (cause) {
    const message = 'The file cannot be read any more. Choose it again.'; // it was changed or moved since
    throw new ApiError('unreadable_file', message, { cause });
  }
}
