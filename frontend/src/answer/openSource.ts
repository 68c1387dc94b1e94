import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Figure, Unit } from '../contract/contract';

/** What a customer wants to see the source of: one figure, or a whole block. */
export interface SourceRequest {
  title: string;
  figure: { text: string; value: number; unit: Unit } | null;
  source: number;
}

/** How parts of an answer open their source; the answer itself provides it. */
export const OpenSource = createContext<(opened: SourceRequest) => void>(() => undefined);

/** Opens the source of a figure. */
export function useOpenFigure(): (figure: Figure) => void {
  const open = useContext(OpenSource);
  return ({ text, value, unit, source }) =>
    open({ title: 'Where this figure comes from', figure: { text, value, unit }, source });
}
