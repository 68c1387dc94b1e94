import './data.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../ui/Icon';
import { DataDialogs } from './Dialogs';
import { addFolders, foldersIn } from './folders';
import { logName } from './pastedLog';
import { addFiles, addPastedText } from './uploads';

const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** The main column: takes files that are dropped anywhere on the page, and files or logs that are pasted. */
export function DropZone({ children }: { children: ComponentChildren }) {
  const dragging = useFileDrops();
  useEffect(() => {
    document.addEventListener('paste', takePaste);
    return () => document.removeEventListener('paste', takePaste);
  }, []);
  return (
    <div class="drop-zone">
      {children}
      {dragging && (
        <div class="drop-overlay" aria-hidden="true">
          <Icon name="upload" />
          Drop your usage log to upload it
        </div>
      )}
      <DataDialogs />
    </div>
  );
}

/** True while files are dragged over the page; the browser would open a file that is dropped beside a smaller zone. */
function useFileDrops(): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
      setDragging(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setDragging(false);
    const drop = (event: DragEvent) => {
      setDragging(false);
      if (!holdsFiles(event)) return;
      event.preventDefault();
      const folders = foldersIn(event.dataTransfer);
      if (folders) void addFolders(folders);
      else addFiles(event.dataTransfer?.files ?? []);
    };
    document.addEventListener('dragover', over);
    document.addEventListener('dragleave', leave);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('drop', drop);
    };
  }, []);
  return dragging;
}

/** Also from the message box, unless it took the paste itself. */
function takePaste(event: ClipboardEvent): void {
  if (event.defaultPrevented || !event.clipboardData || document.querySelector('dialog[open]')) return;
  const { files } = event.clipboardData;
  const text = event.clipboardData.getData('text/plain');
  if (files.length > 0 && !text) addFiles(files);
  else if (logName(text)) addPastedText(text);
  else return;
  event.preventDefault();
}
