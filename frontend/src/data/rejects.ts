import type { RejectsDocument } from '../contract/contract';
import { loadFirestore } from '../firebase/firestore';
import { tableCsv } from '../lib/table';
import { userId } from '../session/session';

/** A row that was not counted: its line in the file, and why. */
export type Reject = RejectsDocument['rejects'][number];

/** The skipped rows of a dataset, in the order of the file; of very many in one place only the first are kept. */
export async function readRejects(datasetId: string): Promise<Reject[]> {
  const store = await loadFirestore();
  const parts = await store.readAll<RejectsDocument>(`users/${userId()}/datasets/${datasetId}/rejects`);
  return parts.flatMap(({ data }) => data.rejects);
}

/** The same as CSV. */
export function rejectsAsCsv(rejects: readonly Reject[]): string {
  const rows = rejects.map(({ line, reason }) => [line, reason]);
  return tableCsv({ columns: ['Line', 'Reason'], units: [null, null], rows });
}
