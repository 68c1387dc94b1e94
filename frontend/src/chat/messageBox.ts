import { toast } from '../ui/toasts';
import { draftOf } from './drafts';

/** The message box's id: the skip link and everything that gives it the focus know it. */
export const MESSAGE_BOX = 'message';

/** Puts the cursor into the message box. */
export function focusMessageBox(): void {
  document.getElementById(MESSAGE_BOX)?.focus();
}

/** Puts a text into the message box; what was typed there can be brought back. */
export function editText(conversation: string, text: string): void {
  const draft = draftOf(conversation);
  const before = draft.peek();
  draft.value = text;
  focusMessageBox();
  if (!before.trim() || before === text) return;
  const undo = () => {
    draft.value = before;
    focusMessageBox();
  };
  toast('What you had typed was replaced.', { label: 'Bring it back', run: undo });
}
