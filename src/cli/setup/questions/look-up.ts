/**
 * Asks the tools of this machine what they know: `gh` and `glab` the ids of a repository, `git` the
 * repository and the address of its user. None of them is required.
 */
import { execFile } from 'node:child_process'
import { currentIo } from '../../shell/io.ts'
import { LOOK_UP_MILLISECONDS } from '../../shell/limits.ts'
import { say } from '../../shell/output.ts'
import type { CiSpec } from '../place-spec.ts'

/** The id of the owner or the namespace, and that of the repository or the project. */
export type Ids = { readonly owner: string; readonly project: string }

const ID = /^[0-9]{1,20}$/

/** Says what was found. Returns undefined if the tool is missing, fails or does not answer in time. */
export async function lookUpIds(folder: string, { kind, path }: CiSpec): Promise<Ids | undefined> {
  const [tool, argument, host] =
    kind === 'github'
      ? ['gh', `repos/${path}`, 'github.com']
      : ['glab', `projects/${encodeURIComponent(path)}`, 'gitlab.com']
  // Otherwise the tools ask the instance of the folder, whose ids name other projects at this host.
  const text = await runTool(tool, ['api', '--hostname', host, argument], folder)
  const ids = text === undefined ? undefined : readIds(text)
  if (ids !== undefined) {
    const nouns = kind === 'github' ? ['owner', 'repository'] : ['namespace', 'project']
    say(
      `${tool} says that ${path} has the ${nouns[0]} id ${ids.owner} and the ${nouns[1]} id ${ids.project}`,
    )
  }
  return ids
}

function readIds(text: string): Ids | undefined {
  try {
    const { id, owner, namespace } = JSON.parse(text) as {
      readonly id?: unknown
      readonly owner?: { readonly id?: unknown }
      readonly namespace?: { readonly id?: unknown }
    }
    const ids = { owner: String(namespace?.id ?? owner?.id), project: String(id) }
    return ID.test(ids.owner) && ID.test(ids.project) ? ids : undefined
  } catch {
    return undefined
  }
}

/** `ssh://git@github.com/acme/api.git`, `git@github.com:acme/api.git`, `https://github.com/acme/api`. */
const REMOTE = /(?:^|@|\/\/)(github|gitlab)\.com[:/]([\w.-]+(?:\/[\w.-]+)+)\/?$/

/** Returns the repository of the folder as `github:acme/api`, if it has a remote on such a host. */
export async function findRepository(folder: string): Promise<string | undefined> {
  const url = await runTool('git', ['remote', 'get-url', 'origin'], folder)
  const found = REMOTE.exec(url?.trim() ?? '')
  return found === null ? undefined : `${found[1]}:${found[2]?.replace(/\.git$/, '')}`
}

export async function findOwner(folder: string): Promise<string | undefined> {
  const email = (await runTool('git', ['config', 'user.email'], folder))?.trim()
  return email === '' ? undefined : email
}

function runTool(
  tool: string,
  args: readonly string[],
  folder: string,
): Promise<string | undefined> {
  const options = {
    cwd: folder,
    env: { ...currentIo().environment },
    timeout: LOOK_UP_MILLISECONDS,
    killSignal: 'SIGKILL',
  } as const
  return new Promise((resolve) => {
    const child = execFile(tool, [...args], options, (error, stdout) =>
      resolve(error === null ? stdout : undefined),
    )
    child.stdin?.end()
  })
}
