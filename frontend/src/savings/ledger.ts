import { type ReadonlySignal, signal } from '@preact/signals';
import type { LedgerDocument } from '../contract/contract';
import { listenOwn } from '../session/ownCollection';

/** A row of the ledger. */
export interface LedgerRow {
  id: string;
  data: LedgerDocument;
}

interface LedgerPage {
  loaded: boolean;
  rows: readonly LedgerRow[];
  hasOlder: boolean;
}

const PAGE = 30;
const NONE: LedgerPage = { loaded: false, rows: [], hasOlder: false };
const listed = signal<LedgerPage>(NONE);

/** The rows of the ledger, those of the newest days first; sums over more than these come from the statement. */
export const ledger: ReadonlySignal<LedgerPage> = listed;

const collection = listenOwn<LedgerDocument>(
  'ledger',
  { orderBy: 'day', page: PAGE },
  {
    user: () => {
      listed.value = NONE;
    },
    rows: (rows, hasOlder) => {
      listed.value = { loaded: true, rows, hasOlder };
    },
  },
);

/** Lists a page more of the older ones. */
export const showOlderRows = collection.showOlder;
