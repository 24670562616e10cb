/**
 * Renders the completion script for bash 3.2 and later. It does not need the package
 * bash-completion.
 */
import type { Completes } from '../command.ts'
import { type DescribedCommand, firstWords, listGroups, listSeconds, quote } from './described.ts'

export function renderBash(commands: readonly DescribedCommand[]): string {
  const groups = listGroups(commands)
  const first = [...firstWords(commands).keys(), '--help', '--version']
  return [
    '# Completion of edgemint for bash. Load it with: source <(edgemint completion bash)',
    '_edgemint_offer() {',
    '  local line',
    '  while IFS= read -r line; do COMPREPLY+=("$line"); done',
    '}',
    '_edgemint_files() {',
    '  compopt -o filenames 2>/dev/null',
    '  _edgemint_offer < <(compgen "$1" -- "$cur")',
    '}',
    '_edgemint() {',
    `  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} name=\${COMP_WORDS[1]}`,
    '  local index flags',
    '  COMPREPLY=()',
    '  if ((COMP_CWORD == 1)); then',
    `    _edgemint_offer < <(compgen -W ${quote(first.join(' '))} -- "$cur")`,
    '    return',
    '  fi',
    '  case $name in',
    ...groups.flatMap((group) => [
      `    ${group})`,
      '      if ((COMP_CWORD == 2)); then',
      `        _edgemint_offer < <(compgen -W ${quote(listSeconds(commands, group).join(' '))} -- "$cur")`,
      '        return',
      '      fi',
      `      name="$name \${COMP_WORDS[2]}"`,
      '      ;;',
    ]),
    '    help)',
    `      _edgemint_offer < <(compgen -W ${quote([...firstWords(commands).keys()].join(' '))} -- "$cur")`,
    '      return',
    '      ;;',
    '  esac',
    ...commands.filter(({ runsProgram }) => runsProgram).flatMap(renderProgram),
    // Bash splits `--flag=value` into three words.
    "  if [[ $cur == '=' ]]; then",
    "    cur=''",
    "  elif [[ $prev == '=' ]]; then",
    `    prev=\${COMP_WORDS[COMP_CWORD - 2]}`,
    '  fi',
    '  case "$name $prev" in',
    ...commands.flatMap(renderValues),
    '  esac',
    '  case $name in',
    ...commands.map(({ words, flags }) => {
      const names = flags.map(({ name }) => `--${name}`)
      return `    ${quote(words.join(' '))}) flags=${quote(names.join(' '))} ;;`
    }),
    '  esac',
    '  if [[ $cur == -* ]]; then',
    '    _edgemint_offer < <(compgen -W "$flags" -- "$cur")',
    '    return',
    '  fi',
    '  case $name in',
    ...commands.flatMap((command) => {
      const completes = command.arguments?.completes
      if (completes === undefined) return []
      return [`    ${quote(command.words.join(' '))}) ${renderOffer(completes)} ;;`]
    }),
    '    *) _edgemint_offer < <(compgen -W "$flags" -- "$cur") ;;',
    '  esac',
    '}',
    'complete -F _edgemint edgemint',
  ].join('\n')
}

/** Completes the command line of another program after `--`. */
function renderProgram({ words }: DescribedCommand): readonly string[] {
  return [
    `  if [[ $name == ${quote(words.join(' '))} ]]; then`,
    '    for ((index = 2; index < COMP_CWORD; index += 1)); do',
    `      [[ \${COMP_WORDS[index]} == '--' ]] || continue`,
    '      if ((index + 1 == COMP_CWORD)); then _edgemint_files -c; else _edgemint_files -f; fi',
    '      return',
    '    done',
    '  fi',
  ]
}

function renderValues({ words, flags }: DescribedCommand): readonly string[] {
  return flags.flatMap(({ name, value, completes }) => {
    if (value === undefined) return []
    const offer = completes === undefined ? '' : `${renderOffer(completes)}; `
    return [`    ${quote(`${words.join(' ')} --${name}`)}) ${offer}return ;;`]
  })
}

function renderOffer(completes: Completes): string {
  if (completes === 'files') return '_edgemint_files -f'
  if (completes === 'directories') return '_edgemint_files -d'
  return `_edgemint_offer < <(compgen -W ${quote(completes.join(' '))} -- "$cur")`
}
