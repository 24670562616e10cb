/**
 * What `edgemint serve` asks the Worker before it ends workerd. It is an entrypoint of its own, which
 * only a service binding of the same account or machine reaches, and no request from outside.
 */
import { WorkerEntrypoint } from 'cloudflare:workers'
import { flushIsolate } from './compose.ts'
import type { Env } from './env.ts'

/** The entrypoint for `edgemint serve`. */
export class Lifecycle extends WorkerEntrypoint<Env> {
  /** Writes what the isolate still holds. Returns how many decisions the log did not accept. */
  async flush(): Promise<number> {
    return await flushIsolate()
  }
}
