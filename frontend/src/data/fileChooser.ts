import { addFiles } from './uploads';

/** Opens the device's file chooser. Any file may be chosen: what it is, its content says. */
export function chooseFiles(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.addEventListener('change', () => addFiles(input.files ?? []));
  input.click();
}
