/**
 * A browser for tests: it follows redirects of one origin, keeps cookies, and sends the forms of the
 * dev issuer's pages as a person would.
 */

type Page = {
  readonly url: string
  readonly status: number
  readonly text: string
  /** Where the last answer leads, if it is another origin. */
  readonly location: string | undefined
}

export type Browser = {
  readonly open: (url: string) => Promise<Page>
  /** Sends the form of the page with these values and its hidden fields. */
  readonly submit: (page: Page, values: Readonly<Record<string, string>>) => Promise<Page>
}

export function createBrowser(): Browser {
  const cookies = new Map<string, string>()

  async function ask(url: string, body?: URLSearchParams): Promise<Page> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie, ...(body === undefined ? {} : { origin: new URL(url).origin }) },
      ...(body === undefined ? {} : { method: 'POST', body }),
    })
    for (const set of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split('=')
      cookies.set(name, value)
    }
    const text = await response.text()
    const location = response.headers.get('location') ?? undefined
    return { url, status: response.status, text, location }
  }

  return {
    open: (url) => ask(url),
    submit(page, values) {
      const action = /<form method="(\w+)" action="([^"]+)"/.exec(page.text)
      const hidden = page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)
      const fields = new URLSearchParams(values)
      for (const [, name = '', value = ''] of hidden) fields.append(name, value)
      const target = new URL(action?.[2] ?? '', page.url)
      if (action?.[1] === 'post') return ask(target.href, fields)
      target.search = fields.toString()
      return ask(target.href)
    },
  }
}

/** Signs a person in at a page of the dev issuer. Returns where the browser is sent. */
export async function signIn(url: string, person: string): Promise<string> {
  const browser = createBrowser()
  const page = await browser.submit(await browser.open(url), { person })
  if (page.location === undefined)
    throw new Error(`${page.status} without a redirect: ${page.text}`)
  return page.location
}
