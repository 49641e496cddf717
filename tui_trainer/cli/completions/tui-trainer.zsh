#compdef tui-trainer
# Completion of tui-trainer for zsh. To have it in every shell, in a folder of $fpath:
#   tui-trainer completion zsh > _tui-trainer

_tui-trainer() {
    local -a offered
    offered=(${(f)"$(print -rl -- "${(@)words[1,CURRENT-1]}" "$PREFIX" | tui-trainer completion zsh --offer 2>/dev/null)"})
    # The first line says what to do beside offering the words of the others.
    case $offered[1] in
        (part) compadd -S '' -- "${(@)offered[2,-1]}" ;;
        (*) compadd -- "${(@)offered[2,-1]}" ;;
    esac
    case $offered[1] in
        ('preset files') _files -g '*.toml' ;;
        (files) _files ;;
    esac
}

# Called when it comes from $fpath, made known when it is sourced.
if [[ $funcstack[1] == _tui-trainer ]]; then
    _tui-trainer "$@"
else
    compdef _tui-trainer tui-trainer
fi
