// Runs jobs one after the other, the next already under way while the present one's result is used:
// reading overlaps with computing, and no more than two results are ever held.

export async function* readAhead<Job, Result>(
  jobs: Iterable<Job>,
  run: (job: Job) => Promise<Result>,
): AsyncGenerator<[job: Job, result: Result], void, undefined> {
  let next: { job: Job; result: Promise<Result> } | undefined;
  for (const job of jobs) {
    const result = run(job);
    // Awaited below; until then a failure must not count as unhandled.
    result.catch(() => undefined);
    if (next) yield [next.job, await next.result];
    next = { job, result };
  }
  if (next) yield [next.job, await next.result];
}
