// Runs each job while the caller uses the previous job's result, so that reading overlaps with computing. At most two
// results are held at a time.

export async function* readAhead<Job, Result>(
  jobs: Iterable<Job>,
  run: (job: Job) => Promise<Result>,
): AsyncGenerator<[job: Job, result: Result], void, undefined> {
  let next: { job: Job; result: Promise<Result> } | undefined;
  for (const job of jobs) {
    const result = run(job);
    // The loop awaits this promise later; until then a rejection must not count as unhandled.
    result.catch(() => undefined);
    if (next) yield [next.job, await next.result];
    next = { job, result };
  }
  if (next) yield [next.job, await next.result];
}
