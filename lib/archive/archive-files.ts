/** Keys of an archive and of what its steps keep for each other, in the files bucket. */
export const archiveFiles = {
  tar: (runId: string) => `archives/${runId}/everything.tar`,
  failure: (runId: string) => `archives/${runId}/failure.json`,
}

/** 7 days: when the bucket's lifecycle takes archives away. */
export const archiveDays = 7
