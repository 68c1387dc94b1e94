import { openSignIn } from '../session/stage';
import { Dialog } from '../ui/Dialog';
import { toast } from '../ui/toasts';
import { EvidenceForm } from './EvidenceForm';

interface Props {
  uid: string;
  isGuest: boolean;
  onClose: () => void;
}

/** Where evidence is handed in. */
export function EvidenceDialog({ uid, isGuest, onClose }: Props) {
  return (
    <Dialog title="Add evidence" onClose={onClose} closesBeside={false}>
      <EvidenceForm
        uid={uid}
        isGuest={isGuest}
        onAdded={(name) => {
          onClose();
          toast(`“${name}” was added.`);
        }}
        onSignIn={() => {
          onClose();
          openSignIn();
        }}
        onCancel={onClose}
      />
    </Dialog>
  );
}
