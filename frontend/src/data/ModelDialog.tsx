import { useState } from 'preact/hooks';
import { Dialog } from '../ui/Dialog';
import { ModelField } from '../ui/ModelField';
import { toast } from '../ui/toasts';
import { cancelUpload, giveModel, type Upload, uploads } from './uploads';

/** Asks for the model of a log that does not name it; closing the dialog gives the upload up. */
export function ModelDialog() {
  const upload = uploads.value.find(({ state }) => state === 'needs_model');
  return upload ? <Question key={upload.key} upload={upload} /> : null;
}

function Question({ upload }: { upload: Upload }) {
  const [model, setModel] = useState('');
  const [error, setError] = useState(upload.error?.message ?? '');
  const close = () => {
    cancelUpload(upload.key);
    toast(`${upload.name} was not added.`);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (model.trim()) giveModel(upload.key, model.trim());
    else setError('Name the model, for example gpt-4o.');
  };
  return (
    <Dialog title="Which model was used?" onClose={close} closesBeside={false}>
      <form class="data-form" onSubmit={submit} noValidate>
        <p>{upload.name} does not say which model its requests went to. Its price depends on that.</p>
        <ModelField
          label="Model"
          value={model}
          example="gpt-4o"
          error={error}
          takesFocus
          onInput={(typed) => {
            setModel(typed);
            setError('');
          }}
        />
        <div class="dialog-actions">
          <button type="button" class="button quiet" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Continue
          </button>
        </div>
      </form>
    </Dialog>
  );
}
