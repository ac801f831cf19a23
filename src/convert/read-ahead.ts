// Runs each job while the caller uses the result of the one before, so that reading overlaps with computing. At
// most two results are held at a time.

export async function* readAhead<Job, Result>(
  jobs: Iterable<Job>,
  run: (job: Job) => Promise<Result>,
): AsyncGenerator<[job: Job, result: Result], void, undefined> {
  let next: { job: Job; result: Promise<Result> } | undefined;
  for (const job of jobs) {
    const result = run(job);
    // Awaited below; until then a rejection must not count as unhandled.
    result.catch(() => undefined);
    if (next) yield [next.job, await next.result];
    next = { job, result };
  }
  if (next) yield [next.job, await next.result];
}
