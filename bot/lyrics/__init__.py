"""The words of songs: what they are, how their times are written, and LRCLIB, which knows them.

* `Lyrics` is a song's words, whoever knows them; Lavalink's plugin gives the same
* `lrc` reads the format of timed lines, `song_name` finds title and artist in what a video is called: pure
* `Lrclib` asks a server of LRCLIB's API, where the owner has named one
"""
