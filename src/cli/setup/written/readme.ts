/** The README of the folder: what each file is, and what to do next. */
import type { Answers, CiPlace } from '../answers.ts'
import { GITLAB_JOBS } from './gitlab.ts'
import { shellWord } from './shell-word.ts'

export function renderReadme(answers: Answers): string {
  const { issuer, administrators, people, api } = answers
  const hosts = new Set(administrators.map(({ kind }) => kind))
  return [
    `# The gateway ${issuer}`,
    '',
    `[Edgemint](https://github.com/edgemint/edgemint) exchanges the OIDC token of a workload for a short-lived token of ${api.resource}. \`edgemint init\` wrote these files. Run it again with a flag to change an answer.`,
    '',
    '| file | is |',
    '|---|---|',
    '| `wrangler.toml` | the Worker: bindings, migrations, limits, settings |',
    '| `policy.json` | who may administer the gateway; `edgemint deploy` uploads it as `BOOTSTRAP_TRUST` |',
    '| `trust.yaml`, `trust.test.yaml` | who gets a token for which API, and its tests |',
    ...(hosts.has('github')
      ? ['| `.github/workflows/` | the plan on a pull request, and apply on a merge |']
      : []),
    ...(hosts.has('gitlab')
      ? [`| \`${GITLAB_JOBS}\` | the plan on a merge request, and apply on a merge |`]
      : []),
    '| `edgemint.init.json` | your answers; commit it |',
    '| `.edgemint/secrets/` | the signing keys until they are uploaded; never commit it |',
    '',
    '## Deploy',
    '',
    '```sh',
    'npm install',
    'npx edgemint lint trust.yaml',
    'npx edgemint test trust.test.yaml',
    'npx edgemint deploy --dry-run',
    'npx edgemint deploy',
    '```',
    '',
    'Commit all files with `package-lock.json`.',
    '',
    '## The first trust document',
    '',
    ...administrators.flatMap(describeCi),
    ...(people === undefined
      ? []
      : [
          `- Open ${issuer}/console and sign in, or:`,
          '',
          '```sh',
          `npx edgemint login --url ${issuer}`,
          `npx edgemint apply trust.yaml --url ${issuer}`,
          '```',
          '',
        ]),
    '## Get a token',
    '',
    'In a job of your workload:',
    '',
    '```sh',
    `npx edgemint token --url ${issuer} --resource ${shellWord(api.resource)} > issued.jwt`,
    '```',
    '',
    'If it is refused, `npx edgemint doctor` says what to change.',
    '',
  ].join('\n')
}

function describeCi(place: CiPlace): readonly string[] {
  if (place.kind === 'github') {
    return [
      `- Create the environment \`${place.environment}\` of ${place.repository}. Allow only your main branch, and require a review. The rule \`apply-trust\` of \`policy.json\` is as safe as this protection.`,
      '- Push to the main branch: the workflow `Apply trust` applies `trust.yaml`. Start it again from the list of its runs if it ran before the gateway was up.',
      '',
    ]
  }
  return [
    `- Protect the environment \`${place.environment}\` of ${place.project}, so that only your main branch may deploy to it. Protected environments need GitLab Premium. Without it, remove \`environment_protected\` from \`policy.json\` and \`trust.yaml\`.`,
    '- Push to the main branch: the job `apply-trust` applies `trust.yaml`.',
    '',
  ]
}
