// Runs a job on the storage of tabs. The page also works in a browser that stores nothing, so errors are only logged.

/** Returns whether the job succeeded. */
export async function attempt(job: () => Promise<void>): Promise<boolean> {
  try {
    await job();
    return true;
  } catch (error) {
    console.warn('The contents of this tab could not be stored or read.', error);
    return false;
  }
}
