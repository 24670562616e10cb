/**
 * Configures git to use the token as the login for one host. Unlike an extra header, a credential is
 * sent only when that host asks for a login, and never to the target of a redirect. The token is in a
 * private file, so no variable and no command line contains it. Other credential helpers are disabled
 * for this host, because they could store the token beyond the job.
 */
import { join } from 'node:path'
import type { Deliver, Surroundings } from '../delivery.ts'
import type { Environment } from '../inputs.ts'
import type { Place } from '../place.ts'
import { StepFailure } from '../step-failure.ts'

export type GitOrder = { readonly place: Place; readonly username: string }

export function prepareGitCredential(order: GitOrder, surroundings: Surroundings): Deliver {
  const { directory, environment } = surroundings
  const { origin } = order.place
  const store = join(directory, 'git-credentials')
  const configuration = join(directory, 'gitconfig')
  const count = readCount(environment)
  return (token) => {
    // A bearer token may contain characters that separate the parts of a URL.
    const login = `${order.username}:${encodeURIComponent(token)}`
    return {
      files: [
        { path: configuration, content: renderConfiguration(origin, store) },
        { path: store, content: `${origin.replace('://', `://${login}@`)}\n` },
      ],
      variables: {
        GIT_CONFIG_COUNT: String(count + 1),
        [`GIT_CONFIG_KEY_${count}`]: 'include.path',
        // On Windows too, git reads a backslash as an escape.
        [`GIT_CONFIG_VALUE_${count}`]: configuration.replaceAll('\\', '/'),
      },
    }
  }
}

/** An empty `helper` removes the earlier ones. The value is quoted because git runs it in a shell. */
function renderConfiguration(origin: string, store: string): string {
  const quoted = `'${store.replaceAll('\\', '/').replaceAll("'", `'\\''`)}'`
  const value = `store --file=${quoted}`.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
  return `[credential "${origin}"]\n\thelper =\n\thelper = "${value}"\n`
}

/** The number of existing configuration entries in the environment. They are kept. */
function readCount(environment: Environment): number {
  const text = environment.GIT_CONFIG_COUNT ?? ''
  if (text === '') return 0
  if (!/^[0-9]{1,4}$/.test(text)) throw new StepFailure('GIT_CONFIG_COUNT is not a number')
  return Number(text)
}
