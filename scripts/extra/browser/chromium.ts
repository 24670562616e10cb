/** Starts the Chromium of the machine, and watches a page for everything that must not happen. */
import { accessSync, constants } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const DEFAULT_PATH = '/usr/bin/chromium'

/** Returns undefined if there is no Chromium, after saying so. */
export async function startChromium(): Promise<Browser | undefined> {
  const path = process.env.CHROMIUM ?? DEFAULT_PATH
  try {
    accessSync(path, constants.X_OK)
  } catch {
    const next = 'install the package chromium, or set CHROMIUM to a program'
    console.error(`edgemint: ${path} is missing: ${next}`)
    return undefined
  }
  // The sandbox of Chromium does not work for root, as in most containers.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath: path, args })
}

export type Watched = {
  readonly context: BrowserContext
  readonly page: Page
  /** What happened on any page of the context since the last call. */
  readonly takeFaults: () => readonly string[]
}

/** The zone differs from UTC, so that both forms of a time differ. */
export async function openWatched(browser: Browser, width = 1280): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    timezoneId: 'Asia/Kolkata',
    colorScheme: 'light',
    reducedMotion: 'reduce',
  })
  const faults: string[] = []
  await context.exposeFunction('noteViolation', (text: string) => {
    faults.push(`violation of the Content Security Policy: ${text}`)
  })
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { noteViolation } = window as unknown as { noteViolation: (text: string) => void }
      noteViolation(`${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  context.on('page', (page) => watch(page, faults))
  const page = await context.newPage()
  return { context, page, takeFaults: () => faults.splice(0) }
}

function watch(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(`error in the page: ${error.message}`))
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return
    // Chromium reports every refusal of the gateway. What the page shows then, the steps check.
    if (/the server responded with a status of 4\d\d/.test(message.text())) return
    if (page.url().includes('/authorize')) return
    faults.push(`console ${message.type()}: ${message.text()} (${message.location().url})`)
  })
}
