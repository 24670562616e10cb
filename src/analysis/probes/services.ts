/** Hostile identities of CI services whose subjects contain names and branches. */
import { hasClaim, type ProbeFamily, textAt } from './probe.ts'

const ID = '66600000-0000-4000-8000-000000000001'
const CIRCLE = 'oidc.circleci.com/'

/** HCP Terraform: the subject contains names of organization, project and workspace. */
export const TERRAFORM: ProbeFamily = {
  appliesTo: (profile) => hasClaim(profile, ['terraform_run_phase']),
  claims: () => ({
    sub: 'organization:acme:project:main:workspace:app:run_phase:apply',
    terraform_organization_id: 'org-acme',
    terraform_organization_name: 'acme',
    terraform_project_id: 'prj-main',
    terraform_project_name: 'main',
    terraform_workspace_id: 'ws-app',
    terraform_workspace_name: 'app',
    terraform_full_workspace: 'organization:acme:project:main:workspace:app',
    terraform_run_phase: 'apply',
  }),
  probes: [
    {
      name: 'terraform-other-organization',
      hostility: 'stranger',
      who: 'another organization',
      change: (example) => ({
        ...example,
        sub: textAt(example, 'sub').replace(/^organization:[^:]*/, 'organization:evil'),
        terraform_organization_id: 'org-evil',
        terraform_organization_name: 'evil',
        terraform_project_id: 'prj-evil',
        terraform_workspace_id: 'ws-evil',
        terraform_full_workspace: textAt(example, 'terraform_full_workspace').replace(
          /^organization:[^:]*/,
          'organization:evil',
        ),
      }),
    },
    {
      name: 'terraform-same-names-other-ids',
      hostility: 'namesake',
      who: 'a new workspace with the same name',
      change: (example) => ({
        ...example,
        terraform_organization_id: 'org-evil',
        terraform_project_id: 'prj-evil',
        terraform_workspace_id: 'ws-evil',
      }),
    },
    {
      name: 'terraform-plan',
      hostility: 'own',
      who: 'a plan, which also runs for proposed changes',
      change: (example) => ({
        ...example,
        sub: textAt(example, 'sub').replace(/run_phase:[^:]*$/, 'run_phase:plan'),
        terraform_run_phase: 'plan',
      }),
    },
  ],
}

const circleSubject = (origin: string, ref: string): string =>
  `org/${ID}/project/${ID}/user/${ID}/vcs-origin/${origin}/vcs-ref/${ref}`

/** CircleCI: the subject may contain a branch name that looks like further fields. */
export const CIRCLECI: ProbeFamily = {
  appliesTo: (profile) => hasClaim(profile, [`${CIRCLE}project-id`]),
  claims: () => ({
    sub: circleSubject('github.com/acme/app', 'refs/heads/main'),
    [`${CIRCLE}org-id`]: 'aaaaaaaa-0000-4000-8000-000000000001',
    [`${CIRCLE}project-id`]: 'bbbbbbbb-0000-4000-8000-000000000001',
    [`${CIRCLE}vcs-origin`]: 'github.com/acme/app',
    [`${CIRCLE}vcs-ref`]: 'refs/heads/main',
    [`${CIRCLE}ssh-rerun`]: false,
  }),
  probes: [
    {
      name: 'circleci-other-organization',
      hostility: 'stranger',
      who: 'another organization',
      change: (example) => ({
        ...example,
        sub: textAt(example, 'sub').replace(
          /^org\/[^/]*\/project\/[^/]*/,
          `org/${ID}/project/${ID}`,
        ),
        [`${CIRCLE}org-id`]: ID,
        [`${CIRCLE}project-id`]: ID,
        [`${CIRCLE}pipeline-definition-id`]: ID,
      }),
    },
    {
      name: 'circleci-fork',
      hostility: 'own',
      who: 'the build of a fork',
      change: (example) => ({
        ...example,
        sub: textAt(example, 'sub').replace(
          /vcs-origin\/.*$/,
          'vcs-origin/github.com/evil/app/vcs-ref/refs/heads/main',
        ),
        [`${CIRCLE}vcs-origin`]: 'github.com/evil/app',
      }),
    },
    {
      name: 'circleci-branch-with-fields',
      hostility: 'own',
      who: 'a fork whose branch name contains the fields of the rule',
      change: (example) => {
        const origin = textAt(example, `${CIRCLE}vcs-origin`) || 'github.com/acme/app'
        const ref = `refs/heads/x/vcs-origin/${origin}/vcs-ref/refs/heads/main`
        return {
          ...example,
          sub: textAt(example, 'sub').replace(
            /vcs-origin\/.*$/,
            `vcs-origin/github.com/evil/app/vcs-ref/${ref}`,
          ),
          [`${CIRCLE}vcs-origin`]: 'github.com/evil/app',
          [`${CIRCLE}vcs-ref`]: ref,
        }
      },
    },
    {
      name: 'circleci-rerun-with-shell',
      hostility: 'own',
      who: 'a rerun with SSH access',
      change: (example) => ({ ...example, [`${CIRCLE}ssh-rerun`]: true }),
    },
  ],
}

/** Buildkite: the slug of a renamed organization becomes available to others. */
export const BUILDKITE: ProbeFamily = {
  appliesTo: (profile) => hasClaim(profile, ['build_source']),
  claims: () => ({
    sub: 'organization:acme:pipeline:app:ref:refs/heads/main:commit:abc:step:deploy',
    organization_slug: 'acme',
    organization_id: 'aaaaaaaa-0000-4000-8000-000000000001',
    pipeline_slug: 'app',
    pipeline_id: 'bbbbbbbb-0000-4000-8000-000000000001',
    build_branch: 'main',
    build_source: 'webhook',
    runner_environment: 'buildkite-hosted',
  }),
  probes: [
    {
      name: 'buildkite-other-organization',
      hostility: 'stranger',
      who: 'another organization',
      change: (example) => ({
        ...example,
        sub: textAt(example, 'sub').replace(/^organization:[^:]*/, 'organization:acme-evil'),
        organization_slug: 'acme-evil',
        organization_id: ID,
        pipeline_id: ID,
        cluster_id: ID,
        queue_id: ID,
      }),
    },
    {
      name: 'buildkite-same-slugs-other-ids',
      hostility: 'namesake',
      who: 'another organization that took the same slug',
      change: (example) => ({
        ...example,
        organization_id: ID,
        pipeline_id: ID,
        cluster_id: ID,
        queue_id: ID,
      }),
    },
  ],
}
