/** Starts the client process and hands it one job at a time. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { pin } from '../pinning.ts'
import type { Job, JobResult, Slice } from './job.ts'

export type LoadClient = {
  /** Rejects when a request fails or is answered with another status than the step wants. */
  readonly run: (job: Job) => Promise<Slice>
  readonly close: () => void
}

/** On these cores, where any can be chosen. */
export function startLoadClient(cores: readonly number[] | undefined): LoadClient {
  // JSON takes longer than the structured clone for thousands of tokens.
  const child = fork(join(import.meta.dirname, 'main.ts'), { serialization: 'advanced' })
  if (cores !== undefined && child.pid !== undefined) pin(child.pid, cores)
  return {
    run(job) {
      return new Promise((resolve, reject) => {
        const onExit = (code: number | null) => reject(new Error(`the client ended (${code})`))
        child.once('exit', onExit)
        child.once('message', (result: JobResult) => {
          child.off('exit', onExit)
          if (result.kind === 'slice') resolve(result.slice)
          else reject(new Error(result.message))
        })
        child.send(job)
      })
    },
    close() {
      child.kill()
    },
  }
}
