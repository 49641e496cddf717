#compdef tui-trainer
# Completion of tui-trainer for zsh. To have it in every shell, in a folder of $fpath:
#   tui-trainer completion zsh > _tui-trainer

_tui_trainer_titles() {
    # A title is found without its blanks and colons too, and one word needs no quotes.
    tui-trainer presets --titles 2>/dev/null | tr -cs '[:alnum:].\n' '-'
}

_tui-trainer() {
    local command=screen
    if (( CURRENT > 2 )); then
        case $words[2] in (@commands|@) command=$words[2] ;; esac
    fi
    case $words[CURRENT-1] in
        (--theme) compadd -- @themes@ ;;
        (--painter) compadd -- @painters@ ;;
        (--set) compadd -S '' -- @settings@ ;;
        (--preset) compadd -- $(_tui_trainer_titles) ;;
        (--check) _files -g '*.toml' ;;
        (@numbers|@) _message 'a number' ;;
        (*)
            case $command:$PREFIX in
                (screen:-*) compadd -- @screen@ ;;
                (train:-*) compadd -- @train@ ;;
                (verify:-*) compadd -- @verify@ ;;
                (presets:*) compadd -- @presets@ ;;
                (completion:*) compadd -- @shells@ ;;
                (*)
                    (( CURRENT == 2 )) && compadd -- @commands@
                    compadd -- $(_tui_trainer_titles)
                    _files -g '*.toml'
                    ;;
            esac
            ;;
    esac
}

# Called when it comes from $fpath, made known when it is sourced.
if [[ $funcstack[1] == _tui-trainer ]]; then
    _tui-trainer "$@"
else
    compdef _tui-trainer tui-trainer
fi
