import { CopyButton } from './CopyButton';

/** The id under which Apex's side logged an error. */
export function SupportId({ id }: { id: string }) {
  return (
    <span class="support-id">
      Support id <code>{id}</code>
      <CopyButton text={id} what="The support id" />
    </span>
  );
}
