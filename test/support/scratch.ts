import { existsSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'

/** 4 GB: more than any test, demo or bench fills; a container's usual 64 MB of shared memory is too little. */
const roomBytes = 4e9

/** Folder for data that nobody keeps: in memory where there is room, so that a slow disk does not slow the tests. */
export const scratchRoot = hasRoom('/dev/shm') ? '/dev/shm' : tmpdir()

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize > roomBytes
}
