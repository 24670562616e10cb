/** Opens a URL in the browser of this machine. It fails silently: the URL is printed as well. */
import { spawn } from 'node:child_process'
import { currentIo, readVariable } from '../../shell/io.ts'

/** Whether a person is at a terminal whose machine can show a browser. */
export function canShowBrowser(): boolean {
  if (currentIo().stderr.isTTY !== true) return false
  if (readVariable('SSH_CONNECTION') !== undefined) return false
  if (process.platform === 'darwin' || process.platform === 'win32') return true
  return readVariable('DISPLAY') !== undefined || readVariable('WAYLAND_DISPLAY') !== undefined
}

/** The URL is an argument of its own, and no shell reads it. */
export function openBrowser(url: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true })
  child.once('error', () => {})
  child.unref()
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}
