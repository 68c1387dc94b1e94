import { useId, useState } from 'preact/hooks';
import { MODEL_NAMES } from '../contract/contract';
import { Dialog } from '../ui/Dialog';
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
  const field = useId();
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
        <div class="field">
          <label for={field}>Model</label>
          <input
            id={field}
            class="input"
            autofocus
            list={`${field}-known`}
            value={model}
            maxLength={100}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            placeholder="gpt-4o"
            aria-invalid={Boolean(error)}
            aria-describedby={`${field}-error`}
            onInput={(event) => {
              setModel(event.currentTarget.value);
              setError('');
            }}
          />
          <datalist id={`${field}-known`}>
            {MODEL_NAMES.map((known) => (
              <option key={known} value={known} />
            ))}
          </datalist>
          <p class="field-error" id={`${field}-error`} role="alert">
            {error}
          </p>
        </div>
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
