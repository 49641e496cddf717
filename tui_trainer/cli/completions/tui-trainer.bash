# Completion of tui-trainer for bash. To have it in every shell:
#   tui-trainer completion bash > ~/.local/share/bash-completion/completions/tui-trainer

_tui_trainer_titles() {
    # A title is found without its blanks and colons too, and one word needs no quotes.
    tui-trainer presets --titles 2>/dev/null | tr -cs '[:alnum:].\n' '-'
}

_tui_trainer() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=screen words=
    COMPREPLY=()
    # "--theme=dark" arrives as three words, the last of which may be missing.
    if [[ $current == = || $before == = ]]; then
        if [[ $current == = ]]; then current=; else before=${COMP_WORDS[COMP_CWORD-2]}; fi
        [[ $before == -* ]] || return
    fi
    if (( COMP_CWORD > 1 )); then
        case ${COMP_WORDS[1]} in @commands|@) command=${COMP_WORDS[1]} ;; esac
    fi
    case $before in
        --theme) words="@themes@" ;;
        --painter) words="@painters@" ;;
        --set) words="@settings@"; compopt -o nospace 2>/dev/null ;;
        --preset) words=$(_tui_trainer_titles) ;;
        --check) ;;
        @numbers|@) compopt +o default 2>/dev/null ;;
        *)
            case $command:$current in
                screen:-*) words="@screen@" ;;
                train:-*) words="@train@" ;;
                verify:-*) words="@verify@" ;;
                presets:*) words="@presets@" ;;
                completion:*) words="@shells@" ;;
                *)
                    words=$(_tui_trainer_titles)
                    (( COMP_CWORD == 1 )) && words="@commands@ $words"
                    ;;
            esac
            ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}

# Where nothing of this begins so, it may be the name of a file.
complete -o default -F _tui_trainer tui-trainer
