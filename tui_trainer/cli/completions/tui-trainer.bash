# Completion of tui-trainer for bash. To have it in every shell:
#   tui-trainer completion bash > ~/.local/share/bash-completion/completions/tui-trainer

_tui_trainer() {
    local IFS=$'\n' offered
    # The first line says what to do beside offering the words of the others.
    offered=($(printf '%s\n' "${COMP_WORDS[@]:0:COMP_CWORD+1}" | tui-trainer completion bash --offer 2>/dev/null))
    COMPREPLY=("${offered[@]:1}")
    case ${offered[0]} in
        words) compopt +o default 2>/dev/null ;;
        part) compopt -o nospace 2>/dev/null ;;
    esac
}

# Where nothing is offered, it may be the name of a file.
complete -o default -F _tui_trainer tui-trainer
