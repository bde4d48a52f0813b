@echo off
rem voiceguide, from this checkout. The first run makes its environment and says where; see bootstrap.py.
setlocal
set "PYTHON=py -3"
where /q py || set "PYTHON=python"
set "VOICEGUIDE_COMMAND=%~0"
%PYTHON% -I -S "%~dp0bootstrap.py" run %*
set "CODE=%ERRORLEVEL%"
if "%CODE%"=="9009" echo voiceguide: Python 3.11 or newer is needed: https://www.python.org/downloads/ 1>&2
exit /b %CODE%
