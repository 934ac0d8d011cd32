# Names in the configuration on this machine, without asking a daemon. Uses the caller's `cib`.
_quorate_names_@ID@() {
  local directory=${QUORATE_ROOT:-}/var/lib/quorate/cib file element attribute
  file=${cib:-$directory/cib.xml}
  if [[ -z $cib && -n ${CIB_shadow:-} ]]; then file=${CIB_shadow_dir:-$directory}/shadow.$CIB_shadow; fi
  [[ -r $file && -f $file ]] || return 0
  case $1 in
    RESOURCE) element='(primitive|group|clone|master|bundle|template|tag)' attribute=id ;;
    NODE) element=node attribute=uname ;;
    *) return 0 ;;
  esac
  grep -oE "<$element( [^>]*)? $attribute=\"[^\"]*\"" "$file" 2>/dev/null |
    sed -e "s/.* $attribute=\"//" -e 's/"$//'
}

# Adds what a word of these kinds may be. Uses the caller's `cur`.
_quorate_values_@ID@() {
  local kind
  for kind in "$@"; do
    case $kind in
      NONE) ;;
      FILE)
        compopt -o filenames 2>/dev/null
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur")
        ;;
      RESOURCE | NODE)
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$(_quorate_names_@ID@ "$kind")" -- "$cur")
        ;;
      *) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "${kind//|/ }" -- "$cur") ;;
    esac
  done
}

_quorate_complete_@ID@() {
  local cur prev='' option='' word path='' entry index skips=0 cib=${CIB_file:-}
  local words='' options='' kinds=''
  COMPREPLY=()
  cur=${COMP_WORDS[COMP_CWORD]}
  if ((COMP_CWORD > 0)); then prev=${COMP_WORDS[COMP_CWORD - 1]}; fi
  _quorate_table_@ID@ ''
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    if ((skips)); then
      skips=0
      continue
    fi
    case $word in
      =) skips=1 ;;
      -*)
        if [[ " $options" == *" $word="* && ${COMP_WORDS[index + 1]} != '=' ]]; then skips=1; fi
        if [[ $word == -f ]]; then cib=${COMP_WORDS[index + 1]}; fi
        ;;
      *)
        if [[ " $words " == *" $word "* ]]; then
          path=${path:+$path }$word
          _quorate_table_@ID@ "$path"
        fi
        ;;
    esac
  done
  # bash takes the "=" of --option=value for a word of its own.
  if [[ $cur == '=' ]]; then
    option=$prev cur=''
  elif [[ $prev == '=' ]]; then
    option=${COMP_WORDS[COMP_CWORD - 2]}
  elif ((skips)); then
    option=$prev
  fi
  if [[ -n $option ]]; then
    for entry in $options; do
      if [[ $entry == "$option="* || $entry == "$option?="* ]]; then
        _quorate_values_@ID@ "${entry#*=}"
        return
      fi
    done
    return
  fi
  if [[ $cur == -* ]]; then
    for entry in $options; do
      word=${entry%%[=?]*}
      if [[ $entry == "$word="* && $word == --* ]]; then word+='='; fi
      if [[ $word == "$cur"* ]]; then COMPREPLY+=("$word"); fi
    done
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
    return
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
  # shellcheck disable=SC2086 # a list of words
  _quorate_values_@ID@ $kinds
}
