import { type ReadonlySignal, signal } from '@preact/signals';
import { call } from '../api/call';
import { asApiError } from '../api/errors';
import type { RunStatus } from '../contract/contract';
import { userId } from '../session/session';
import { toast } from '../ui/toasts';

const requests = signal<ReadonlySet<string>>(new Set());

/** Runs that the user wants stopped and that have not ended yet, as far as was heard. */
export const stopping: ReadonlySignal<ReadonlySet<string>> = requests;

const confirmed = signal<ReadonlySet<string>>(new Set());

/** Runs that the server has stopped; their last event may still be on its way. */
export const stopped: ReadonlySignal<ReadonlySet<string>> = confirmed;

/** Stops a run; with its request id also when the server has not heard of it yet. A toast reports a failure. */
export async function stopRun(runId: string, requestId: string | null, uid = userId()): Promise<boolean> {
  if (!uid) return false;
  requests.value = new Set([...requests.peek(), runId]);
  try {
    await cancelRun(runId, requestId, uid);
    return true;
  } catch (error) {
    requests.value = new Set([...requests.peek()].filter((each) => each !== runId));
    if (userId() !== uid) return false;
    toast(`The question could not be stopped. ${asApiError(error).message}`, {
      label: 'Stop again',
      run: () => void stopRun(runId, requestId, uid),
    });
    return false;
  }
}

/** POST …/cancel; raises ApiError. */
export async function cancelRun(runId: string, requestId: string | null, uid: string): Promise<void> {
  const json = requestId === null ? {} : { client_request_id: requestId };
  const path = `/api/runs/${runId}/cancel`;
  const { status } = await call<{ status: RunStatus }>('POST', path, { as: uid, json });
  if (status === 'cancelled') confirmed.value = new Set([...confirmed.peek(), runId]);
}
