/**
 * The steps of a deployment as data: what each runs and what it changes. `deploy` runs these steps, and
 * `deploy --dry-run` prints them, so that the two cannot differ.
 */
import { PATHS } from '../../../protocol/paths.ts'
import { KEYS_FILE, UPLOAD_FILE } from '../folder/signing-keys.ts'
import { WRANGLER_FILE } from '../written/wrangler.ts'
import { renderWranglerCommand } from './wrangler.ts'

export type StepName =
  | 'tools'
  | 'account'
  | 'namespace'
  | 'stored_keys'
  | 'upload'
  | 'secrets'
  | 'health'
  | 'exchange'

export type DeployStep = {
  readonly name: StepName
  /** What the step does. */
  readonly about: string
  /** The arguments of each run of wrangler. */
  readonly commands: readonly (readonly string[])[]
  /** The requests that change something at Cloudflare, and the requests to the gateway. */
  readonly effects: readonly string[]
  /** What it writes to and removes from the folder. */
  readonly changes?: readonly string[]
}

export type Situation = {
  readonly name: string
  readonly issuer: string
  readonly hasNamespace: boolean
  /** Whether the signing keys are still in their file. */
  readonly hasKeyFile: boolean
}

export const NAMESPACE_LIST = ['kv', 'namespace', 'list']
export const SECRET_LIST = ['secret', 'list']
export const UPLOAD = ['deploy', '--secrets-file', UPLOAD_FILE]

export const titleOf = (name: string) => `${name}-revocations`

export function listSteps(situation: Situation): readonly DeployStep[] {
  const { name, issuer, hasNamespace, hasKeyFile } = situation
  const script = `/accounts/<account>/workers/scripts/${name}`
  return [
    {
      name: 'tools',
      about: 'check Node, wrangler, the files of init and the signing keys',
      commands: [],
      effects: [],
    },
    {
      name: 'account',
      about: 'ask wrangler which account it deploys to',
      commands: [['whoami', '--json']],
      effects: [],
    },
    ...(hasNamespace ? [] : [describeNamespace(name)]),
    ...(hasKeyFile
      ? []
      : [
          {
            name: 'stored_keys',
            about: 'check that the Worker has the signing keys',
            commands: [SECRET_LIST],
            effects: [],
          } as const,
        ]),
    {
      name: 'upload',
      about: hasKeyFile
        ? 'upload the Worker together with its signing keys, BOOTSTRAP_TRUST, migrations and assets'
        : 'upload the Worker together with BOOTSTRAP_TRUST, migrations and assets',
      commands: [UPLOAD],
      effects: [
        `POST ${script}/assets-upload-session`,
        'POST /accounts/<account>/workers/assets/upload (assets that are not there yet)',
        `PUT ${script} (first deployment, or new migrations)`,
        `POST ${script}/versions (later)`,
        `POST ${script}/deployments (later)`,
        `PATCH ${script}/script-settings (later)`,
        `POST ${script}/subdomain`,
        `POST ${script}/domains/changeset`,
        `PUT ${script}/domains/records (moves the domain and its DNS records to this Worker; on a terminal, wrangler asks if another one has them)`,
      ],
      changes: [`writes ${UPLOAD_FILE} and removes it after the upload`],
    },
    {
      name: 'secrets',
      about: 'check that the Worker has its secrets',
      commands: [SECRET_LIST],
      effects: [],
      ...(hasKeyFile ? { changes: [`removes ${KEYS_FILE}`] } : {}),
    },
    {
      name: 'health',
      about: 'wait until the gateway is ready',
      commands: [],
      effects: [`GET ${issuer}${PATHS.health}`],
    },
    {
      name: 'exchange',
      about: 'exchange the token of this job for a token of the gateway, and revoke it',
      commands: [],
      effects: [
        `POST ${issuer}${PATHS.token}`,
        `GET ${issuer}${PATHS.jwks}`,
        `POST ${issuer}${PATHS.revoke}`,
      ],
    },
  ]
}

function describeNamespace(name: string): DeployStep {
  return {
    name: 'namespace',
    about: 'find or create the KV namespace of revocations',
    commands: [NAMESPACE_LIST, ['kv', 'namespace', 'create', titleOf(name)], NAMESPACE_LIST],
    effects: [
      'POST /accounts/<account>/storage/kv/namespaces (only if there is none with this title)',
    ],
    changes: [`writes its id to ${WRANGLER_FILE}`],
  }
}

/** The text of `--dry-run`: one paragraph for each step. */
export function renderSteps(steps: readonly DeployStep[]): string {
  return steps
    .map(({ about, commands, effects, changes = [] }, index) =>
      [
        `${index + 1}. ${about}`,
        ...commands.map((args) => `     $ ${renderWranglerCommand(args)}`),
        ...effects.map((effect) => `     ${effect}`),
        ...changes.map((change) => `     ${change}`),
      ].join('\n'),
    )
    .join('\n')
}
