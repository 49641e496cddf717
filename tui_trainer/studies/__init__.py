"""Questions that need runs of their own: does a preset show what it claims, does a remedy help, is a task met?"""
