// Collects the files of a drop or of a folder picker: the dropped files themselves, or the files in the folder.

export interface ChosenFiles {
  /** The folder's name; undefined for loose files. */
  folder: string | undefined;
  files: File[];
}

/** Call this while the drop event is being handled, because the browser removes the event's items afterwards. */
export async function droppedFiles(transfer: DataTransfer): Promise<ChosenFiles> {
  const loose = Array.from(transfer.files);
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry());
  const folder = entries.find((entry) => entry instanceof FileSystemDirectoryEntry);
  if (!folder) return { folder: undefined, files: loose };
  return { folder: folder.name, files: await filesIn(folder) };
}

/** The files in the picked folder itself, without those in its subfolders. `list`: the folder picker's files. */
export function pickedFolder(list: Iterable<File>): ChosenFiles {
  const files = Array.from(list).filter((file) => file.webkitRelativePath.split('/').length <= 2);
  return { folder: files[0]?.webkitRelativePath.split('/')[0], files };
}

async function filesIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const files: File[] = [];
  for (;;) {
    // A reader returns at most 100 entries per call.
    const batch = await new Promise<FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    );
    if (batch.length === 0) return files;
    for (const entry of batch) {
      if (!(entry instanceof FileSystemFileEntry)) continue;
      const file = await new Promise<File | undefined>((resolve) =>
        entry.file(resolve, () => resolve(undefined)),
      );
      // Leave out a file that is gone already; if the model needs it, the import reports its name.
      if (file !== undefined) files.push(file);
    }
  }
}
