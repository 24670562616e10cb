/**
 * Tells systemd that the gateway is ready, stops, and still works. Node has no datagram sockets of
 * Unix, so `systemd-notify` sends the messages. Without `NOTIFY_SOCKET`, nothing is sent.
 */
import { execFile } from 'node:child_process'
import type { Environment } from '../../shell/io.ts'

export type Systemd = {
  readonly ready: (status: string) => void
  readonly stopping: () => void
  readonly close: () => void
}

/** Messages to systemd are sent within milliseconds. */
const NOTIFY_MILLISECONDS = 5000

/** `isAlive` decides whether the watchdog is told. It tells it twice in each period. */
export function createSystemd(
  environment: Environment,
  isAlive: () => Promise<boolean>,
  onFailure: (message: string) => void,
): Systemd {
  if ((environment.NOTIFY_SOCKET ?? '') === '') {
    return { ready: () => {}, stopping: () => {}, close: () => {} }
  }
  let timer: NodeJS.Timeout | undefined
  let hasFailed = false

  function send(...states: readonly string[]): void {
    execFile('systemd-notify', [...states], { timeout: NOTIFY_MILLISECONDS }, (error) => {
      if (error === null || hasFailed) return
      hasFailed = true
      onFailure('systemd-notify failed: install it, or use Type=exec in the unit')
    })
  }

  return {
    ready(status) {
      send('READY=1', `STATUS=${status}`)
      const milliseconds = readWatchdog(environment)
      if (milliseconds === undefined) return
      timer = setInterval(() => {
        void isAlive().then((alive) => {
          if (alive) send('WATCHDOG=1')
        })
      }, milliseconds / 2).unref()
    },
    stopping: () => send('STOPPING=1'),
    close: () => clearInterval(timer),
  }
}

/** Milliseconds. Undefined if systemd watches no process, or another one. */
function readWatchdog({ WATCHDOG_USEC, WATCHDOG_PID }: Environment): number | undefined {
  const milliseconds = Number(WATCHDOG_USEC ?? Number.NaN) / 1000
  if (!(milliseconds > 0)) return undefined
  return WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === process.pid
    ? milliseconds
    : undefined
}
