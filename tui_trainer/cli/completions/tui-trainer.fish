# Completion of tui-trainer for fish. To have it in every shell:
#   tui-trainer completion fish > ~/.config/fish/completions/tui-trainer.fish

function __tui_trainer_titles
    # A title is found without its blanks and colons too, and one word needs no quotes.
    tui-trainer presets --titles 2>/dev/null | tr -cs '[:alnum:].\n' -
end

function __tui_trainer
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l command screen
    if contains -- "$before[2]" @commands@
        set command $before[2]
    end
    switch $before[-1]
        case --theme
            printf '%s\n' @themes@
        case --painter
            printf '%s\n' @painters@
        case --set
            printf '%s\n' @settings@
        case --preset
            __tui_trainer_titles
        case --check
            __fish_complete_suffix .toml
        case @numbers@
            return
        case '*'
            switch "$command:$current"
                case 'screen:-*'
                    printf '%s\n' @screen@
                case 'train:-*'
                    printf '%s\n' @train@
                case 'verify:-*'
                    printf '%s\n' @verify@
                case 'presets:*'
                    printf '%s\n' @presets@
                case 'completion:*'
                    printf '%s\n' @shells@
                case '*'
                    test (count $before) -eq 1; and printf '%s\n' @commands@
                    __tui_trainer_titles
                    __fish_complete_suffix .toml
            end
    end
end

complete -c tui-trainer -f -a '(__tui_trainer)'
