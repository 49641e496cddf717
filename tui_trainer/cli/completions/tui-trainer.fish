# Completion of tui-trainer for fish. To have it in every shell:
#   tui-trainer completion fish > ~/.config/fish/completions/tui-trainer.fish

function __tui_trainer
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l offered (printf '%s\n' $before "$current" | tui-trainer completion fish --offer 2>/dev/null)
    # The first line says what to do beside offering the words of the others.
    set -l rest $offered[1]
    set -e offered[1]
    for word in $offered
        echo $word
    end
    switch "$rest"
        case 'preset files'
            __fish_complete_suffix .toml
        case files
            __fish_complete_path "$current"
    end
end

complete -c tui-trainer -f -a '(__tui_trainer)'
