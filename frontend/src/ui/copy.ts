import { toast } from './toasts';

/** Puts a text into the clipboard and says so; `what` names it ("The table"). */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} is copied.`);
  } catch {
    toast('Your browser did not allow copying. Select the text and copy it by hand.');
  }
}
