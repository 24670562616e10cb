/** The files that make a folder a project: package.json, .gitignore and the folder of secrets. */
import { RELEASE } from '../../../protocol/release.ts'

/** The version of wrangler that this release was tested with. It has the miniflare that `serve` needs. */
export const WRANGLER_VERSION = '4.155.0'

export const SECRETS_FOLDER = '.edgemint/secrets'

export function renderPackage(name: string): string {
  const project = {
    name: `${name}-gateway`,
    private: true,
    dependencies: { edgemint: RELEASE },
    devDependencies: { wrangler: WRANGLER_VERSION },
  }
  return `${JSON.stringify(project, null, 2)}\n`
}

export const GITIGNORE = ['node_modules/', '.wrangler/', '.edgemint/', '*.jwt', ''].join('\n')

/** Git ignores the whole folder, whatever the .gitignore of the project says. */
export const OWN_GITIGNORE = '*\n'
