import { createContext } from 'preact';
import type { ClickRequest } from '../contract/contract';

/** What can be done with the reading of an answer; `blocked`: why not now. */
export interface Acts {
  send: (text: string, click: ClickRequest) => void;
  blocked: string | null;
}

/** Null for all answers of a conversation but the last: their reading is only told. */
export const AnswerActs = createContext<Acts | null>(null);
