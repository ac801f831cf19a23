// The files of a drop: those that were dropped, or those that lie in a dropped folder.

export interface ChosenFiles {
  /** The folder's name; undefined for loose files. */
  folder: string | undefined;
  files: File[];
}

/** To be called while the drop event is handled: its items are gone afterwards. */
export async function droppedFiles(transfer: DataTransfer): Promise<ChosenFiles> {
  const loose = Array.from(transfer.files);
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry());
  const folder = entries.find((entry) => entry instanceof FileSystemDirectoryEntry);
  if (!folder) return { folder: undefined, files: loose };
  return { folder: folder.name, files: await filesIn(folder) };
}

/** Of a folder picker's list, the files that lie in the folder itself. */
export function pickedFolder(list: Iterable<File>): ChosenFiles {
  const files = Array.from(list).filter((file) => file.webkitRelativePath.split('/').length <= 2);
  return { folder: files[0]?.webkitRelativePath.split('/')[0], files };
}

async function filesIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const files: File[] = [];
  for (;;) {
    // A reader hands out its entries a hundred at a time.
    const batch = await new Promise<FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    );
    if (batch.length === 0) return files;
    for (const entry of batch) {
      if (!(entry instanceof FileSystemFileEntry)) continue;
      const file = await new Promise<File | undefined>((resolve) =>
        entry.file(resolve, () => resolve(undefined)),
      );
      // A file that is gone already is left out; whoever needs it names it.
      if (file !== undefined) files.push(file);
    }
  }
}
